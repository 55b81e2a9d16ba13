import type { MemoryEntry } from './memory';

/** Entries that the model is shown, and characters of one and of all. */
const ENTRIES = 5;
const ENTRY_CHARS = 1_000;
const TOTAL_CHARS = 4_000;
/** What the agent itself has said is no fact. */
const OWN_ANSWERS = 'assistant_resp';

/**
 * The lines that go before a message, an empty text when nothing is worth it. `known` is what the model has in front of it anyway, the
 * message itself first of all. An entry is one line whatever it contains, so that none can pass for another or for an instruction around it.
 */
export function memoryContext(entries: readonly MemoryEntry[], known: readonly string[]): string {
  const shown = new Set(known.map((text) => text.trim()));
  const lines: string[] = [];
  let room = TOTAL_CHARS;
  for (const { key, content } of entries) {
    if (key.startsWith(OWN_ANSWERS) || shown.has(content)) continue;
    shown.add(content);
    const line = `- ${oneLine(key)}: ${oneLine(content)}`;
    if (line.length > room) continue;
    lines.push(line);
    room -= line.length;
    if (lines.length === ENTRIES) break;
  }
  return lines.length === 0 ? '' : `[Memory context]\n${lines.join('\n')}\n\n`;
}

function oneLine(text: string): string {
  const line = text
    .slice(0, ENTRY_CHARS * 2)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > ENTRY_CHARS ? `${line.slice(0, ENTRY_CHARS)}…` : line;
}
