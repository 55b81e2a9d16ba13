import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { LeakGuardConfig } from '../../platform/leak-guard/leak-guard.config';
import type { Device } from '../../pairing/device';
import { isExpired } from '../../pairing/device';
import { DeviceStore } from '../../pairing/device.store';
import { AutonomyConfig } from '../../tools/safety/autonomy.config';
import type { Check, CheckList } from '../check';
import { fail, ok, warn } from '../finding';
import type { Finding } from '../finding';

const DAY_MS = 86_400_000;
const NEVER_USED_MS = 7 * DAY_MS;
const LONG_MS = 90 * DAY_MS;
const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o022;

/** Tokens and files that hold secrets, and what the agent may do by itself. */
@Injectable()
export class SecretChecks implements CheckList {
  constructor(
    private readonly devices: DeviceStore,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  checks(): readonly Check[] {
    return [
      { id: 'exposure.tokens', security: true, run: () => this.tokens() },
      { id: 'exposure.file_modes', security: true, run: () => this.files() },
      { id: 'exposure.autonomy', security: true, run: () => this.autonomy() },
      { id: 'exposure.leak_guard', security: true, run: () => [this.leakGuard()] },
    ];
  }

  private async tokens(): Promise<Finding[]> {
    const now = this.clock.now();
    const good = (await this.devices.load()).filter((device) => !isExpired(device, now));
    if (good.length === 0) return [ok('Nobody is paired.')];
    const findings = good.flatMap((device) => findingOf(device, now) ?? []);
    return findings.length > 0
      ? findings
      : [ok(`Of ${good.length === 1 ? 'the one token' : `${good.length} tokens`} none is old or unused.`)];
  }

  private async files(): Promise<Finding[]> {
    const { file, dataDir } = this.config;
    const secret = [file, join(dirname(file), '.secret_key'), join(dataDir, 'zeroclaw.db')];
    const found = await Promise.all([...secret, dataDir].map(modeOf));
    const findings = found.flatMap(({ path, mode }): Finding[] => {
      if (mode === undefined) return [];
      const advice = `chmod ${path === dataDir ? '700' : '600'} ${path}`;
      if ((mode & OTHERS_WRITE) !== 0)
        return [fail(`${path} can be changed by other users of this machine (${octal(mode)}).`, advice)];
      // A folder that only lists its names gives nothing away: the files in it are looked at themselves.
      if ((mode & OTHERS_READ) === 0 || path === dataDir) return [];
      return [warn(`${path} holds secrets and can be read by every user of this machine (${octal(mode)}).`, advice)];
    });
    return findings.length > 0 ? findings : [ok("Only the gateway's user and group can read its files.")];
  }

  private autonomy(): Finding[] {
    const {
      level,
      allowed_commands: commands,
      block_high_risk_commands: blocks,
      workspace_only: inside,
    } = this.config.get(AutonomyConfig);
    const findings: Finding[] = [];
    if (level === 'full')
      findings.push(
        warn('The agent acts without asking anybody ([autonomy] level = "full").', 'Set level = "supervised".'),
      );
    if (commands.includes('*'))
      findings.push(
        warn(
          'The agent may run every program ([autonomy] allowed_commands has "*").',
          'Name the programs that it needs.',
        ),
      );
    if (!blocks)
      findings.push(warn('High-risk commands are not blocked ([autonomy] block_high_risk_commands = false).'));
    if (!inside)
      findings.push(
        warn(
          'Tools see more than the workspace ([autonomy] workspace_only = false).',
          'Name single folders in allowed_roots.',
        ),
      );
    return findings.length > 0
      ? findings
      : [ok(`The agent is ${level === 'readonly' ? 'read-only' : level} and stays in its workspace.`)];
  }

  private leakGuard(): Finding {
    if (this.config.get(LeakGuardConfig).enabled) return ok('Credentials are taken out of what the agent says.');
    return warn(
      'Credentials in answers of the agent are passed on.',
      'Set [security.outbound_leak_guard] enabled = true.',
    );
  }
}

function findingOf(device: Device, now: number): Finding | undefined {
  const { principal, createdAt, lastSeenAt, expiresAt, origin } = device;
  // Its owner keeps it elsewhere and changes it there.
  if (origin === 'environment') return undefined;
  const who = `The token ${principal.id}${principal.name === null ? '' : ` (${principal.name})`}`;
  const advice = `Revoke it: DELETE /api/pairing/devices/${principal.id}`;
  const age = createdAt === null ? undefined : now - createdAt;
  if (lastSeenAt === null && age !== undefined && age > NEVER_USED_MS)
    return warn(`${who} is ${days(age)} old and was never used.`, advice);
  if (lastSeenAt !== null && now - lastSeenAt > LONG_MS)
    return warn(`${who} was last used ${days(now - lastSeenAt)} ago.`, advice);
  if (!principal.scopes.includes('admin') || expiresAt !== null || (age !== undefined && age <= LONG_MS))
    return undefined;
  return warn(
    `${who} may do everything, never expires and is ${age === undefined ? 'of unknown age' : `${days(age)} old`}.`,
    'Pair its client anew with fewer scopes or an end: zeroclaw pair --scope chat --expires-in-days 90',
  );
}

async function modeOf(path: string): Promise<{ path: string; mode: number | undefined }> {
  const found = await stat(path).catch(() => undefined);
  return { path, mode: found && found.mode & 0o777 };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}

function days(milliseconds: number): string {
  return `${Math.floor(milliseconds / DAY_MS)} days`;
}
