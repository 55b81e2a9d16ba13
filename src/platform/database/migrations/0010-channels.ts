import type { Migration } from 'kysely/migration';
import { sql } from 'kysely';
import type { DatabaseDialect } from '../database';

/**
 * Messages of people and the answers to them. The rows are the queues: taking one up, and going on to the next, are changes of its status.
 * The unique indexes hold two promises whatever the processes do: a message is claimed once, and of a conversation one row is on its way.
 */
export function channels(dialect: DatabaseDialect): Migration {
  const sequence =
    dialect === 'sqlite'
      ? sql`integer primary key autoincrement`
      : sql`bigint generated always as identity primary key`;
  const queue = sql`
    channel text not null,
    conversation text not null,
    status text not null,
    attempts integer not null,
    holder text,
    lease_until bigint,
    next_attempt_at bigint not null,
    error text`;
  return {
    async up(db) {
      await sql`create table channel_inbox (
        seq ${sequence},
        id text not null unique,
        ${queue},
        message_id text not null,
        sender text not null,
        message text not null,
        by_hand integer not null,
        sent_at bigint not null,
        received_at bigint not null,
        finished_at bigint,
        unique (channel, message_id)
      )`.execute(db);
      await sql`create table channel_outbox (
        seq ${sequence},
        id text not null unique,
        ${queue},
        key text not null unique,
        reply_to text,
        parts text not null,
        part integer not null,
        part_attempts integer not null,
        failure text,
        queued_at bigint not null,
        created_at bigint not null,
        finished_at bigint
      )`.execute(db);
      for (const [table, waiting, busy] of [
        ['channel_inbox', 'received', 'running'],
        ['channel_outbox', 'pending', 'sending'],
      ] as const) {
        const name = (suffix: string) => sql.id(`${table}_${suffix}`);
        const open = sql`status in (${sql.lit(waiting)}, ${sql.lit(busy)})`;
        await sql`create index ${name('open')} on ${sql.id(table)} (seq) where ${open}`.execute(db);
        await sql`create index ${name('in_order')} on ${sql.id(table)} (channel, conversation, seq) where ${open}`.execute(
          db,
        );
        await sql`create unique index ${name('one_at_a_time')} on ${sql.id(table)} (channel, conversation)
          where status = ${sql.lit(busy)}`.execute(db);
        await sql`create index ${name('listed')} on ${sql.id(table)} (channel, status, seq)`.execute(db);
        await sql`create index ${name('finished')} on ${sql.id(table)} (finished_at)`.execute(db);
      }
    },
  };
}
