import { Command, InvalidArgumentError } from 'commander';
import { registerConfigCommand } from './config.command';
import { registerPairCommand } from './pairing/pair.command';
import { registerDoctorCommand } from './doctor.command';
import { AppError } from './platform/errors/app-error';
import { VERSION } from './platform/version';

/** Reads the command line and runs it. A mistake of the operator ends in one sentence on stderr and exit code 1. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('zeroclaw')
    .description('A gateway in front of an AI agent')
    .version(VERSION)
    .option('--config-dir <dir>', 'where config.toml lives (default: $ZEROCLAW_CONFIG_DIR, then ~/.zeroclaw)');
  program
    .command('gateway')
    .description('run the gateway')
    .option('--host <host>', 'address to listen on')
    .option('-p, --port <port>', 'TCP port to listen on; 0 takes any free one', parsePort)
    .option('--new-pairing', 'revoke every token and show a new pairing code')
    .option('--config-dir <dir>', 'where config.toml lives')
    .action(async (_options, command: Command) => {
      // Nothing but this command pays for loading the application.
      const { runGateway } = require('./gateway.command') as typeof import('./gateway.command');
      await runGateway(command.optsWithGlobals());
    });
  const io = {
    out: (text: string) => void process.stdout.write(text),
    err: (text: string) => void process.stderr.write(text),
  };
  registerPairCommand(program, io);
  registerConfigCommand(program, io);
  registerDoctorCommand(program, io);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

/** Errors that were written for people as they are, everything else with its stack. */
function describe(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
