import { OversizedStream, SseReader } from '../../../src/providers/sse-reader';

const read = (...pieces: (string | Uint8Array)[]) => {
  const reader = new SseReader();
  const found = pieces.flatMap((piece) => reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece));
  return [...found, ...reader.end()];
};

describe('SseReader', () => {
  it.each([
    ['LF', 'data: one\n\ndata: two\n\n', ['one', 'two']],
    ['CRLF', 'data: one\r\n\r\ndata: two\r\n\r\n', ['one', 'two']],
    ['no space after the colon', 'data:one\n\n', ['one']],
    ['several data lines', 'data: one\ndata: two\n\n', ['one\ntwo']],
    ['comments and other fields', ': keep-alive\n\nevent: x\nid: 1\nretry: 5\ndata: one\n\n', ['one']],
    ['a byte order mark', '\uFEFFdata: one\n\n', ['one']],
    ['a last event without its blank line', 'data: one', ['one']],
    ['an empty data line', 'data:\n\n', ['']],
    ['blank lines alone', '\n\n\r\n', []],
  ])('reads %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('does not care where the network cuts, not even within a character or a line end', () => {
    const bytes = Buffer.from('data: {"t":"grüß 🦀"}\r\n\r\n: x\r\ndata: [DONE]\r\n\r\n');
    for (let size = 1; size <= bytes.length; size++) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      expect(read(...pieces)).toEqual(['{"t":"grüß 🦀"}', '[DONE]']);
    }
  });

  it('gives up on an event without an end', () => {
    const reader = new SseReader();
    const piece = Buffer.alloc(1024 * 1024, 'x');
    expect(() => {
      for (let count = 0; count < 5; count++) reader.push(piece);
    }).toThrow(OversizedStream);
  });

  it('gives up on a stream without an end', () => {
    const reader = new SseReader();
    const piece = Buffer.from(`data: ${'x'.repeat(1024 * 1024)}\n\n`);
    expect(() => {
      for (let count = 0; count < 70; count++) reader.push(piece);
    }).toThrow(OversizedStream);
  });
});
