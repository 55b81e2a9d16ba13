import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';

const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;
const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** One file of the page as this browser takes it. */
export interface PageFile {
  bytes: Buffer;
  headers: Record<string, string>;
}

/** The built page: a few hundred kilobytes that are read when they are first asked for and kept. */
@Injectable()
export class PageFiles {
  private readonly folder = [join(__dirname, '..', '..', 'web'), join(__dirname, '..', '..', '..', 'dist', 'web')].find(
    (folder) => existsSync(join(folder, 'index.html')),
  );
  private readonly kept = new Map<string, Promise<Buffer>>();
  private names: Promise<ReadonlySet<string>> | undefined;

  get isBuilt(): boolean {
    return this.folder !== undefined;
  }

  /** The page's document with a nonce of its own; undefined when the page was not built. */
  async document(): Promise<{ html: string; nonce: string } | undefined> {
    if (this.folder === undefined) return undefined;
    const nonce = randomBytes(16).toString('base64');
    const template = await this.read('index.html');
    return { html: template.toString().replace('%CSP_NONCE%', nonce), nonce };
  }

  /** A file of `assets/`, whose names change with their content; undefined when there is none of that name. */
  async asset(name: string, acceptEncoding: string): Promise<PageFile | undefined> {
    const names = await (this.names ??= this.list());
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (type === undefined || !names.has(name)) return undefined;
    const headers = {
      'Content-Type': type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
    };
    const accepted = acceptEncoding.split(',').map((item) => item.split(';', 1)[0]?.trim());
    const packed = ENCODINGS.find(([encoding, suffix]) => accepted.includes(encoding) && names.has(name + suffix));
    if (!packed) return { bytes: await this.read(join('assets', name)), headers };
    const [encoding, suffix] = packed;
    return {
      bytes: await this.read(join('assets', name + suffix)),
      headers: { ...headers, 'Content-Encoding': encoding },
    };
  }

  private async list(): Promise<ReadonlySet<string>> {
    return new Set(this.folder === undefined ? [] : await readdir(join(this.folder, 'assets')));
  }

  /** Only names of the build get here, so what is kept is bounded by it. */
  private read(name: string): Promise<Buffer> {
    let bytes = this.kept.get(name);
    if (!bytes) {
      bytes = readFile(join(this.folder ?? '', name));
      bytes.catch(() => this.kept.delete(name));
      this.kept.set(name, bytes);
    }
    return bytes;
  }
}
