const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const QUOTE = /^ {0,3}>/;
const INDENTED = /^(?: {4}| {0,3}\t)/;
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/;
const BLANK = /^\s*$/;

/**
 * What of a comment in Markdown its author says to the readers: without code, quotations and comments in HTML. Where Markdown could be read
 * in two ways, less is taken for said. Linear in the length of the text.
 */
export function ownWords(markdown: string): string {
  return blocks(markdown).map(withoutSpans).join('\n\n');
}

/** The paragraphs outside of code blocks, quotations and blocks of HTML comments. */
function blocks(markdown: string): string[] {
  const found: string[] = [];
  let paragraph: string[] = [];
  let fence: RegExp | undefined;
  let comment = false;
  let inList = false;
  let code = false;
  const end = () => {
    if (paragraph.length > 0) found.push(paragraph.join('\n'));
    paragraph = [];
  };
  for (const line of markdown.split(/\r\n?|\n/)) {
    if (fence || comment) {
      if (fence?.test(line)) fence = undefined;
      if (comment && line.includes('-->')) comment = false;
      continue;
    }
    const [, mark] = FENCE.exec(line) ?? [];
    // Only the start of a paragraph can be indented code; inside of a list, indented text belongs to its item.
    code = INDENTED.test(line) && !inList && (code || paragraph.length === 0);
    if (mark) fence = new RegExp(`^ {0,3}${mark[0]}{${mark.length},}\\s*$`);
    else if (/^ {0,3}<!--/.test(line)) comment = !line.includes('-->');
    else if (!BLANK.test(line) && !QUOTE.test(line) && !code) {
      if (LIST_ITEM.test(line)) inList = true;
      else if (paragraph.length === 0 && !/^\s/.test(line)) inList = false;
      paragraph.push(line);
      continue;
    }
    end();
  }
  end();
  return found;
}

/** A paragraph without `code` of any number of backticks and without HTML comments. */
function withoutSpans(paragraph: string): string {
  const runs = [...paragraph.matchAll(/`+/g)].map(({ 0: { length }, index }) => ({ length, index }));
  const nextOfLength = new Map<number, number>();
  const partner = runs.map(() => -1);
  for (let i = runs.length - 1; i >= 0; i--) {
    const { length = 0 } = runs[i] ?? {};
    partner[i] = nextOfLength.get(length) ?? -1;
    nextOfLength.set(length, i);
  }
  let said = '';
  let from = 0;
  for (let i = 0; i < runs.length; i++) {
    const [start, close] = [runs[i], runs[partner[i] ?? -1]];
    if (!start || !close) continue;
    said += `${paragraph.slice(from, start.index)} `;
    from = close.index + close.length;
    i = partner[i] ?? i;
  }
  return (said + paragraph.slice(from)).replace(/<!--[\s\S]*?(?:-->|$)/g, ' ');
}
