import type { Pool } from 'pg';
import { Logger } from '@nestjs/common';
import { AppError } from '../errors/app-error';

const INT8 = 20;
const CONNECT_TIMEOUT_MS = 5_000;
const logger = new Logger('PostgresPool');

/** Opens the bounded pool of team mode and proves that the server answers. Loads `pg` only here, embedded gateways never pay for it. */
export async function openPostgresPool(url: string): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    ...connection(url),
    max: 10,
    application_name: 'zeroclaw-gateway',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    // Ids and times are far below 2^53; strings would differ from the embedded dialect.
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  // Without listeners a connection lost between two queries, or inside a transaction, would end the process.
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle database connection was lost'));
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await pool.query('select 1');
    return pool;
  } catch (error) {
    await pool.end();
    throw new AppError(
      500,
      'database.unreachable',
      `PostgreSQL at ${place(url)} cannot be used (${reason(error)}): check [storage] url, the server and the network between.`,
      { cause: error },
    );
  }
}

function connection(url: string): { connectionString: string } {
  if (!URL.canParse(url)) {
    throw new AppError(
      500,
      'database.bad_url',
      '[storage] url is not an address: write postgres://user:password@host:5432/database and percent-encode special characters.',
    );
  }
  return { connectionString: url };
}

/** The address without user, password and parameters. */
function place(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** A refused connection on several addresses is an AggregateError with an empty message. */
function reason(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || 'no answer';
}
