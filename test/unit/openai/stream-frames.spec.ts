import { StreamFrames } from '../../../src/openai/stream-frames';

const text = 'data: {"choices":[{"delta":{"content":"say \\"usage\\":{ and \\n\\n"}}],"usage":null}\n\n';
const usage = 'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n';
const done = 'data: [DONE]\n\n';

/** Everything that comes out, when the bytes come in pieces of `size`. */
function relay(stream: string, size: number, dropUsage: boolean): { out: string; pieces: string[] } {
  const frames = new StreamFrames(dropUsage);
  const bytes = Buffer.from(stream);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(frames.push(bytes.subarray(at, at + size)).toString());
  return { out: pieces.join('') + frames.rest().toString(), pieces };
}

describe('the frames of a stream on their way to the client', () => {
  it.each([1, 2, 3, 7, 50, 10_000])('are passed on unchanged, in pieces of %i bytes', (size) => {
    const stream = `: hello\n\n${text}${usage}${done}`;

    expect(relay(stream, size, false).out).toBe(stream);
  });

  it.each([1, 2, 3, 7, 50, 10_000])('lose only the usage that nobody asked for, in pieces of %i bytes', (size) => {
    expect(relay(text + usage + done, size, true).out).toBe(text + done);
    const spaced = usage.replaceAll(':', ': ').replaceAll('\n', '\r\n');
    expect(relay(`${text}${spaced}data: [DONE]\r\n\r\n`, size, true).out).toBe(`${text}data: [DONE]\r\n\r\n`);
  });

  it('keep a usage that rides on a chunk with an answer', () => {
    const riding = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}\n\n';

    expect(relay(riding + done, 10_000, true).out).toBe(riding + done);
  });

  it('come out whole or not at all', () => {
    const { pieces } = relay(text + done, 5, false);

    expect(pieces.filter((piece) => piece !== '').every((piece) => piece.endsWith('\n\n'))).toBe(true);
  });

  it('do not pile up when a frame never ends', () => {
    const frames = new StreamFrames(false);
    let out = 0;
    for (let sent = 0; sent < 4_000_000; sent += 100_000) out += frames.push(Buffer.alloc(100_000, 'x')).length;

    expect(out).toBeGreaterThan(2_000_000);
  });

  it('remember how the stream ended', () => {
    const frames = new StreamFrames(true);
    for (let sent = 0; sent < 1_000; sent++) frames.push(Buffer.from(text));
    frames.push(Buffer.from(usage + done.slice(0, -1)));

    const tail = frames.tail().toString();
    expect(tail).toContain(usage);
    expect(tail.endsWith('data: [DONE]\n')).toBe(true);
    expect(tail.length).toBeLessThan(10_000);
  });
});
