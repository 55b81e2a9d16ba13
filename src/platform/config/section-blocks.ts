import type { SectionClass } from './section';
import { sectionMeta } from './section';

/** TOML text with one block per table; the keys above all tables come first, because TOML has no other place for them. */
export function bySection(sections: readonly SectionClass[], render: (section: SectionClass) => string[]): string {
  const ordered = [...sections].sort((a, b) => Number(sectionMeta(a).path !== '') - Number(sectionMeta(b).path !== ''));
  const blocks = ordered.map((section) => render(section).join('\n').trim());
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
