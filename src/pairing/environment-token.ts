import { readFileSync } from 'node:fs';
import { hashAccessToken } from './access-token';

export const TOKEN_VARIABLE = 'ZEROCLAW_GATEWAY_TOKEN';
export const TOKEN_FILE_VARIABLE = 'ZEROCLAW_GATEWAY_TOKEN_FILE';
/** Injection token of the {@link EnvironmentToken}. */
export const ENVIRONMENT_TOKEN = Symbol('EnvironmentToken');
const MIN_LENGTH = 32;

/** SHA-256 of a token that the deployment brings along, such as a Secret of the cluster. It is never written anywhere. */
export interface EnvironmentToken {
  readonly tokenHash: string | undefined;
}

/** Reads the token from the variable, or from the file that the second variable names. Throws when it is too short to be safe. */
export function readEnvironmentToken(env: NodeJS.ProcessEnv): EnvironmentToken {
  const source = env[TOKEN_VARIABLE] ? TOKEN_VARIABLE : TOKEN_FILE_VARIABLE;
  const token = (env[TOKEN_VARIABLE] || fromFile(env[TOKEN_FILE_VARIABLE])).trim();
  if (!token && !env[source]) return { tokenHash: undefined };
  if (token.length < MIN_LENGTH || /\s/.test(token)) {
    throw new Error(
      `${source} must hold a token of at least ${MIN_LENGTH} characters without blanks; make one with: openssl rand -hex 32`,
    );
  }
  return { tokenHash: hashAccessToken(token) };
}

function fromFile(path: string | undefined): string {
  if (!path) return '';
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${TOKEN_FILE_VARIABLE} names a file that cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
