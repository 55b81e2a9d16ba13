import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { isRunning } from './process-list';
import { tempDir } from './temp-dir';

const FIXTURES = join(__dirname, '..', 'fixtures', 'tunnel');

/** What the fixture program shall do besides its usual recording. */
export interface Play {
  recording?: string;
  /** Ends with this code, `exitAfterMs` after the recording. */
  exitWith?: number;
  exitAfterMs?: number;
  ignoreTerm?: boolean;
  /** KiB on stderr before the recording. */
  flood?: number;
  /** Starts a child that does not go by itself. */
  child?: boolean;
  /** Lines with one of these words are left out. */
  missing?: string[];
}

export interface ProgramStart {
  pid: number;
  left?: number;
  args: string[];
  env: Record<string, string>;
}

/** Programs that play cloudflared, ngrok, tailscale and bore, for one gateway. */
export interface TunnelStage {
  /** For the configuration of the gateway. */
  env: { HOME: string; PATH: string };
  play(what: Play): Promise<void>;
  starts(): ProgramStart[];
  /** Everything that was started and still runs. */
  alive(): number[];
  remove(): Promise<void>;
}

export async function tunnelStage(): Promise<TunnelStage> {
  const home = await tempDir();
  const starts = (): ProgramStart[] => {
    try {
      const lines = readFileSync(join(home.path, 'starts.jsonl'), 'utf8').trimEnd().split('\n');
      return lines.map((line) => JSON.parse(line) as ProgramStart);
    } catch {
      return [];
    }
  };
  const path = [join(FIXTURES, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  return {
    env: { HOME: home.path, PATH: path },
    play: (what) => writeFile(join(home.path, 'play.json'), JSON.stringify(what)),
    starts,
    alive: () =>
      starts()
        .flatMap(({ pid, left }) => [pid, ...(left === undefined ? [] : [left])])
        .filter(isRunning),
    remove: home.remove,
  };
}

/** The lines of a recording, with their streams. */
export async function recorded(name: string, port: number): Promise<{ stream: 'stdout' | 'stderr'; line: string }[]> {
  const text = await readFile(join(FIXTURES, 'recordings', `${name}.txt`), 'utf8');
  return text
    .trimEnd()
    .replaceAll('{port}', String(port))
    .split('\n')
    .map((line) => ({ stream: line.startsWith('out') ? 'stdout' : 'stderr', line: line.slice(4) }));
}
