const LINE_FEED = 0x0a;
const NOTHING = Buffer.alloc(0);

/** A frame longer than this is no longer held together. */
const LONGEST_FRAME = 1_048_576;

/** How much of the end is remembered, in bytes: the last chunks with the finish reason, the usage and `[DONE]` fit in. */
const TAIL = 4_096;

/**
 * Cuts the upstream's bytes at the ends of SSE frames, so that after a cut nothing half-said is out and an error frame can follow.
 * With `dropUsage` the chunk that carries nothing but the usage stays behind, because the client did not ask for it.
 */
export class StreamFrames {
  private held: Buffer = NOTHING;
  private recent: Buffer[] = [];
  private recentBytes = 0;

  constructor(private readonly dropUsage: boolean) {}

  /** The complete frames that this chunk brings, unchanged; may be empty. */
  push(chunk: Buffer): Buffer {
    const bytes = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    const end = bytes.length > LONGEST_FRAME ? bytes.length : lastFrameEnd(bytes);
    this.held = end === bytes.length ? NOTHING : bytes.subarray(end);
    if (end === 0) return NOTHING;
    const frames = bytes.subarray(0, end);
    this.remember(frames);
    return this.dropUsage ? withoutUsageChunk(frames) : frames;
  }

  /** What came behind the last complete frame. */
  rest(): Buffer {
    return this.held;
  }

  /** The end of what has come so far. */
  tail(): Buffer {
    return Buffer.concat([...this.recent, this.held]);
  }

  private remember(frames: Buffer): void {
    this.recent.push(frames);
    this.recentBytes += frames.length;
    for (let [first] = this.recent; first && this.recentBytes - first.length >= TAIL; [first] = this.recent) {
      this.recent.shift();
      this.recentBytes -= first.length;
    }
  }
}

/** Index behind the last blank line; 0 when there is none. */
function lastFrameEnd(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf(LINE_FEED); at > 0; at = bytes.lastIndexOf(LINE_FEED, at - 1)) {
    if (endsFrame(bytes, at)) return at + 1;
  }
  return 0;
}

/** Whether the line feed at `at` follows an empty line (`\n\n` or `\r\n\r\n`). */
function endsFrame(bytes: Buffer, at: number): boolean {
  const before = bytes[at - 1] === 0x0d ? at - 2 : at - 1;
  return bytes[before] === LINE_FEED;
}

const USAGE = Buffer.from('"usage":{');
const SPACED_USAGE = Buffer.from('"usage": {');
const NO_CHOICES = /"choices":\s*\[\s*\]/;

function withoutUsageChunk(frames: Buffer): Buffer {
  if (!frames.includes(USAGE) && !frames.includes(SPACED_USAGE)) return frames;
  const kept: Buffer[] = [];
  for (let start = 0; start < frames.length;) {
    const end = nextFrameEnd(frames, start);
    const frame = frames.subarray(start, end);
    const carriesUsage = frame.includes(USAGE) || frame.includes(SPACED_USAGE);
    if (!carriesUsage || !NO_CHOICES.test(frame.toString('latin1'))) kept.push(frame);
    start = end;
  }
  return Buffer.concat(kept);
}

function nextFrameEnd(frames: Buffer, start: number): number {
  for (let at = frames.indexOf(LINE_FEED, start); at !== -1; at = frames.indexOf(LINE_FEED, at + 1)) {
    if (at > start && endsFrame(frames, at)) return at + 1;
  }
  return frames.length;
}
