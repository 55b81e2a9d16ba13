import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Scope } from '../platform/http/principal';
import { MAX_NAME_LENGTH, MAX_TOKEN_DAYS, SCOPES } from './grant';

interface PairOptions {
  configDir?: string;
  name?: string;
  scope?: Scope[];
  expiresInDays?: number;
}

/** `zeroclaw pair`: a further code for the gateway of this configuration, whether or not it is running at the moment. */
export function registerPairCommand(program: Command, io: { out: (text: string) => void }): void {
  program
    .command('pair')
    .description('print a one-time code that pairs one more client')
    .option('--name <name>', 'how the client is called in lists', parseName)
    .option('--scope <scope>', 'chat, read or admin; repeat it or separate by commas (default: all)', parseScope)
    .option('--expires-in-days <days>', 'lifetime of the token (default: unlimited)', parseDays)
    .option('--config-dir <dir>', 'where config.toml lives')
    .action(async (_options, command: Command) => {
      const { configDir, name, scope, expiresInDays } = command.optsWithGlobals<PairOptions>();
      const grant = { name: name ?? null, scopes: scope ?? SCOPES, tokenDays: expiresInDays ?? null };
      // Only this command pays for loading the database.
      const { issueCodeOnTheSide } = require('./issue-code-on-the-side') as typeof import('./issue-code-on-the-side');
      const { code, pairingIsOff } = await issueCodeOnTheSide(configDir, grant);
      io.out(
        `  🔐 One-time pairing code: ${code}\n` +
          `     Send: POST /pair with header X-Pairing-Code: ${code}\n` +
          '     It is good for 15 minutes and for one client.\n' +
          (pairingIsOff
            ? '  ⚠️  Pairing is off ([gateway] require_pairing = false): no token is asked for yet.\n'
            : ''),
      );
    });
}

function parseName(text: string): string {
  const name = text.trim();
  if (name && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name)) return name;
  throw new InvalidArgumentError(`A name has 1 to ${MAX_NAME_LENGTH} characters and no control characters.`);
}

function parseScope(text: string, earlier: Scope[] = []): Scope[] {
  const words = text.split(',').map((word) => word.trim());
  if (words.every((word) => (SCOPES as readonly string[]).includes(word))) return [...earlier, ...(words as Scope[])];
  throw new InvalidArgumentError(`Scopes are ${SCOPES.join(', ')}.`);
}

function parseDays(text: string): number {
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= MAX_TOKEN_DAYS) return days;
  throw new InvalidArgumentError(`A lifetime is a whole number of days from 1 to ${MAX_TOKEN_DAYS}.`);
}
