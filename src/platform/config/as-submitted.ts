import type { ConfigRemark } from './config-report';
import { parseToml } from './toml-document';

/**
 * Remarks on a text that was completed with secrets, at the lines of the text that was sent: what was put in moves the lines below it.
 * Remarks on what was put in have no line. Both must be TOML.
 */
export function asSubmitted(remarks: readonly ConfigRemark[], completed: string, submitted: string): ConfigRemark[] {
  if (completed === submitted || remarks.length === 0) return [...remarks];
  const keyAt = new Map<string, string>();
  for (const [key, { line, column }] of parseToml(completed).positions)
    if (!keyAt.has(`${line}:${column}`)) keyAt.set(`${line}:${column}`, key);
  const { positions } = parseToml(submitted);
  return remarks.map((remark) => {
    if (remark.line === null) return remark;
    const position = positions.get(keyAt.get(`${remark.line}:${remark.column}`) ?? '');
    return { ...remark, line: position?.line ?? null, column: position?.column ?? null };
  });
}
