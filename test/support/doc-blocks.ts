import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The fenced blocks of a page, `docs/<page>`, in that language and in their order, without their indentation. */
export function docBlocks(page: string, language: string): string[] {
  const text = readFileSync(join(__dirname, '..', '..', 'docs', page), 'utf8');
  const fences = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\`$`, 'gm');
  return [...text.matchAll(fences)].map(([, indent = '', block = '']) =>
    block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}
