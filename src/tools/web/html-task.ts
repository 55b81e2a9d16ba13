/** Work on markup that strangers wrote. */
export type HtmlTask =
  /** The text of a page: its article when it has one, else everything that a reader would see. */
  | { kind: 'article'; html: string; url: string }
  /** The same without looking for an article: quicker, and with nothing that hostile markup could slow down much. */
  | { kind: 'text'; html: string; url: string }
  /** For each element that matches `row`: the text, or the attribute behind an @, of the first match of each field. */
  | { kind: 'rows'; html: string; row: string; fields: readonly string[] };

export interface PageText {
  title: string;
  text: string;
}

export interface HtmlResults {
  article: PageText;
  text: PageText;
  rows: string[][];
}
