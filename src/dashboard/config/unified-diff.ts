/** Two texts that have nothing in common could keep the process busy for long. */
const LIMIT_MS = 500;

/** What leads from one text to the other, in the format of `diff -u`; empty when they are the same, null when it takes too long to find. */
export async function unifiedDiff(fromName: string, from: string, toName: string, to: string): Promise<string | null> {
  if (from === to) return '';
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
  const options = { context: 3, timeout: LIMIT_MS, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(fromName, toName, from, to, undefined, undefined, options) ?? null;
}
