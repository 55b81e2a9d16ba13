import type { ConfigCheck, ConfigWritten } from '../../platform/config/config-editor';
import type { FileConfigService } from '../../platform/config/file-config.service';
import type { TakenUp } from '../../platform/config/take-up';

/** Names only: which keys come from outside of the file, which then does not decide them. */
export function outsideKeys({ tree }: FileConfigService): { key: string; name: string }[] {
  return [...tree.origins].flatMap(([key, origin]) =>
    origin.from === 'environment' || origin.from === 'flag' ? [{ key, name: origin.name }] : [],
  );
}

export function writtenView(written: ConfigWritten, revision: string | null) {
  const { etag, emptied } = written;
  return { status: 'ok', etag, revision, ...effectView(written), emptied };
}

export function checkView({ problems, warnings, effect }: ConfigCheck) {
  return { ok: problems.length === 0, problems, warnings, ...effectView(effect ?? { keys: [], needRestart: [] }) };
}

function effectView({ keys, needRestart }: Pick<TakenUp, 'keys' | 'needRestart'>) {
  return { changed: keys, live: keys.filter((key) => !needRestart.includes(key)), restart_needed: needRestart };
}
