import type { Command } from 'commander';
import type { Report, Severity } from './doctor/finding';

interface DoctorFlags {
  configDir?: string;
  security?: boolean;
  json?: boolean;
}

const MARKS: Record<Severity, string> = { ok: '✅', warn: '⚠️ ', error: '❌' };

/** `zeroclaw doctor`: what is wrong and what to do about it, while the gateway runs and while it does not. Exit code 1 when there is an error. */
export function registerDoctorCommand(
  program: Command,
  io: { out: (text: string) => void; env?: Readonly<Record<string, string | undefined>> },
): void {
  program
    .command('doctor')
    .description('look for what is wrong; exit code 1 when something is an error')
    .option('--security', 'only who can reach the gateway, and with what; asks nobody outside')
    .option('--json', 'the same report as POST /api/doctor')
    .option('--config-dir <dir>', 'where config.toml lives')
    .action(async (_options, command: Command) => {
      const { configDir, security = false, json = false } = command.optsWithGlobals<DoctorFlags>();
      // Only this command pays for loading the rooms.
      const { runDoctor } = require('./doctor-run') as typeof import('./doctor-run');
      const report = await runDoctor({ configDir, security, env: io.env });
      io.out(json ? `${JSON.stringify(report, null, 2)}\n` : render(report));
      if (report.summary.errors > 0) process.exitCode = 1;
    });
}

function render({ results, summary }: Report): string {
  const lines = results.flatMap(({ severity, id, message, advice }) => [
    `${MARKS[severity]} ${id}: ${message}`,
    ...(advice === undefined ? [] : [`     ${advice}`]),
  ]);
  const total = `${summary.ok} ok, ${summary.warnings} warnings, ${summary.errors} errors`;
  return `${[...lines, '', total].join('\n')}\n`;
}
