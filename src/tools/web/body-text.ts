import { TextDecoder } from 'node:util';

const BOMS: [string, number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
const META_CHARSET = /<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]+)/i;

/** `text/html` of `Text/HTML; charset=utf-8`. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The text of a body, in the encoding that its byte order mark, its header or its first lines name, else UTF-8. */
export function decodeText(body: Buffer, contentType: string | undefined): string {
  const bom = BOMS.find(([, bytes]) => bytes.every((byte, index) => body[index] === byte))?.[0];
  const named = /charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  const meta = META_CHARSET.exec(body.subarray(0, 2048).toString('latin1'))?.[1];
  return decoder(bom ?? named ?? meta ?? 'utf-8').decode(body);
}

/** Pictures, archives and the like: text has no NUL byte, unless it is UTF-16, which says so. */
export function isBinary(body: Buffer, type: string): boolean {
  if (/^(image|audio|video|font)\//.test(type) && type !== 'image/svg+xml') return true;
  if (/^application\/(pdf|zip|gzip|octet-stream|x-.*(tar|compressed))/.test(type)) return true;
  const isUtf16 = BOMS.some(([name, bytes]) => name !== 'utf-8' && bytes.every((byte, index) => body[index] === byte));
  return !isUtf16 && body.subarray(0, 4096).includes(0);
}

function decoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
