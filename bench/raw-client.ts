/**
 * One keep-alive HTTP/1.1 connection that sends prepared bytes and finds the end of each answer. A real client library would cost
 * as much as the proxy under test; this one costs about a tenth, so that one core can carry load generator and stub together.
 */
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';

export interface Answer {
  status: number;
  /** Milliseconds (performance.now) of the first body byte and of the last one. */
  firstByteAt: number;
  doneAt: number;
  /** The last bytes of the body, enough to see whether a stream was complete. */
  tail: string;
}

type State = 'idle' | 'head' | 'length' | 'chunk-size' | 'chunk-data' | 'trailer';

const TAIL = 24;
const EMPTY = Buffer.alloc(0);
const LF = 10;
const SEMICOLON = 59;

export class RawClient {
  private readonly socket: Socket;
  private state: State = 'idle';
  private head = '';
  private status = 0;
  /** Bytes left of the body or of the current chunk with its line end. */
  private left = 0;
  private size = 0;
  private inExtension = false;
  private firstByteAt = 0;
  private last: Buffer = EMPTY;
  private onAnswer: ((answer: Answer) => void) | undefined;
  private onFailure: ((reason: string) => void) | undefined;

  constructor(port: number) {
    this.socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (data: Buffer) => this.read(data));
    this.socket.on('error', (error) => this.fail(error.message));
    this.socket.on('close', () => this.fail('connection closed'));
  }

  static async open(port: number): Promise<RawClient> {
    const client = new RawClient(port);
    await new Promise<void>((resolve, reject) => {
      client.socket.once('connect', resolve);
      client.socket.once('error', reject);
    });
    return client;
  }

  get alive(): boolean {
    return !this.socket.destroyed;
  }

  send(request: Buffer, onAnswer: (answer: Answer) => void, onFailure: (reason: string) => void): void {
    this.onAnswer = onAnswer;
    this.onFailure = onFailure;
    this.state = 'head';
    this.head = '';
    this.firstByteAt = 0;
    this.last = EMPTY;
    this.socket.write(request);
  }

  close(): void {
    this.onFailure = undefined;
    this.socket.destroy();
  }

  private fail(reason: string): void {
    const told = this.onFailure;
    this.onAnswer = undefined;
    this.onFailure = undefined;
    this.state = 'idle';
    this.socket.destroy();
    told?.(reason);
  }

  private read(data: Buffer): void {
    let at = 0;
    if (this.state === 'head') {
      at = this.readHead(data);
      if (at < 0) return;
    }
    if (at < data.length && this.firstByteAt === 0) this.firstByteAt = performance.now();
    while (at < data.length) {
      if (this.state === 'length' || this.state === 'chunk-data') at = this.readBody(data, at);
      else if (this.state === 'chunk-size') at = this.readSize(data, at);
      else if (this.state === 'trailer') at = this.readTrailer(data, at);
      else return this.fail('bytes after the end of the answer');
    }
  }

  /** Returns where the body begins, or -1 while the head is not complete. */
  private readHead(data: Buffer): number {
    const before = this.head.length;
    this.head += data.toString('latin1');
    const end = this.head.indexOf('\r\n\r\n');
    if (end < 0) return -1;
    this.status = Number(this.head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.head.slice(0, end + 2));
    if (length) {
      this.left = Number(length[1]);
      this.state = 'length';
      if (this.left === 0) this.finish();
    } else if (/\r\ntransfer-encoding: *chunked/i.test(this.head.slice(0, end + 2))) {
      this.beginChunk();
    } else {
      this.fail('an answer without a length');
      return -1;
    }
    return end + 4 - before;
  }

  private readBody(data: Buffer, at: number): number {
    const taken = Math.min(this.left, data.length - at);
    this.left -= taken;
    this.remember(data.subarray(Math.max(at, at + taken - TAIL), at + taken));
    if (this.left === 0) {
      if (this.state === 'length') this.finish();
      else this.beginChunk();
    }
    return at + taken;
  }

  private remember(bytes: Buffer): void {
    this.last = bytes.length === TAIL ? bytes : Buffer.concat([this.last, bytes]).subarray(-TAIL);
  }

  private beginChunk(): void {
    this.state = 'chunk-size';
    this.size = 0;
    this.inExtension = false;
  }

  private readSize(data: Buffer, from: number): number {
    let at = from;
    for (; at < data.length; at += 1) {
      const byte = data[at] ?? 0;
      if (byte === LF) {
        this.left = this.size + 2;
        this.state = this.size === 0 ? 'trailer' : 'chunk-data';
        return at + 1;
      }
      if (byte === SEMICOLON) this.inExtension = true;
      if (this.inExtension || byte < 48) continue;
      this.size = this.size * 16 + (byte <= 57 ? byte - 48 : (byte | 32) - 87);
    }
    return at;
  }

  /** No server here sends trailers, so the end is the two bytes of an empty line. */
  private readTrailer(data: Buffer, at: number): number {
    const taken = Math.min(this.left, data.length - at);
    this.left -= taken;
    if (this.left === 0) this.finish();
    return at + taken;
  }

  private finish(): void {
    const told = this.onAnswer;
    const doneAt = performance.now();
    this.state = 'idle';
    this.onAnswer = undefined;
    this.onFailure = undefined;
    told?.({
      status: this.status,
      firstByteAt: this.firstByteAt || doneAt,
      doneAt,
      tail: this.last.toString('latin1'),
    });
  }
}
