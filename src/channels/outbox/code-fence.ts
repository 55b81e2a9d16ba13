/** A code block of Markdown that has begun and not ended. */
export interface OpenFence {
  marker: string;
  /** What stands behind the opening marker, such as the language. */
  info: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/** The code block that `text` is in at the position `at`, by CommonMark's rules (§4.5). */
export function fenceAt(text: string, at: number): OpenFence | undefined {
  let open: OpenFence | undefined;
  for (const line of text.slice(0, at).split('\n')) {
    const [, marker = '', info = ''] = FENCE.exec(line) ?? [];
    if (marker === '') continue;
    if (!open) {
      if (!info.includes('`')) open = { marker, info: info.trim() };
    } else if (marker.startsWith(open.marker) && info.trim() === '') {
      open = undefined;
    }
  }
  return open;
}
