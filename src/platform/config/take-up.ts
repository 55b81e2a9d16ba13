import { isDeepStrictEqual } from 'node:util';
import type { SectionClass } from './section';
import { sectionKeys, sectionMeta } from './section';
import { formatPath } from './toml-path';

type Sections = ReadonlyMap<SectionClass, object>;
type Fields = Record<string, unknown>;

export interface TakenUp {
  /** What runs from now on: live keys are new, the rest is as it was. */
  running: Sections;
  /** Dotted paths of the keys whose value differs from `latest`. */
  keys: string[];
  /** Those of them that the running gateway cannot take up. */
  needRestart: string[];
}

/** What becomes of a running gateway when the configuration turns from `latest` into `next`. */
export function takeUp(latest: Sections, current: Sections, next: Sections): TakenUp {
  const keys: string[] = [];
  const needRestart: string[] = [];
  const running = new Map<SectionClass, object>();
  for (const [section, fresh] of next) {
    const before = latest.get(section) as Fields;
    const now = current.get(section) as Fields;
    const merged = Object.assign(Object.create(section.prototype as object), fresh) as Fields;
    for (const [key, { live }] of sectionKeys(section)) {
      const path = formatPath([key], sectionMeta(section).path);
      const changed = !isDeepStrictEqual(merged[key], before[key]);
      if (changed) keys.push(path);
      if (live) continue;
      if (changed && !isDeepStrictEqual(merged[key], now[key])) needRestart.push(path);
      merged[key] = now[key];
    }
    running.set(section, Object.freeze(merged));
  }
  return { running, keys, needRestart };
}

/** The keys that wait for a restart: what is written differs from what runs. */
export function waiting(latest: Sections, running: Sections): string[] {
  return [...latest].flatMap(([section, values]) => {
    const now = running.get(section) as Fields;
    const names = [...sectionKeys(section).keys()];
    const differing = names.filter((key) => !isDeepStrictEqual((values as Fields)[key], now[key]));
    return differing.map((key) => formatPath([key], sectionMeta(section).path));
  });
}
