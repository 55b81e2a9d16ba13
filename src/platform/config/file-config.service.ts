import { join, resolve } from 'node:path';
import { StorageConfig } from '../database/storage.config';
import { AppError } from '../errors/app-error';
import type { ConfigFile } from './config-file';
import { ConfigError, formatProblem } from './config-problem';
import type { ConfigReader } from './config-reader';
import type { ConfigTree } from './config-tree';
import { ConfigService } from './config.service';
import { editToml } from './edit-toml';
import type { Examined } from './examine';
import { examine } from './examine';
import { spellingInFile } from './key-lookup';
import type { Environment } from '../environment';
import type { SectionClass } from './section';
import type { TakenUp } from './take-up';
import { takeUp, waiting } from './take-up';
import { parsePath } from './toml-path';

/** Who changed the configuration, from where. */
export interface ChangeOrigin {
  /** `api`: the configuration's own routes. `gateway`: another part of this process, such as pairing. `file`: anybody else. */
  source: 'api' | 'gateway' | 'file';
  /** Id of the principal. */
  by?: string;
  /** A few words of ours beside it. */
  note?: string;
}

export interface ConfigChange {
  /** Dotted paths of the keys whose value differs from before. */
  keys: string[];
  /** Those of them that the running gateway cannot take up. */
  needRestart: string[];
  origin: ChangeOrigin;
}

/** A text that the gateway has taken up. */
export interface TakenText extends ConfigChange {
  text: string;
}

/**
 * The configuration of one process. A reload takes up live keys and keeps the rest as they were at the start,
 * so that what runs always fits together; a broken file leaves everything as it is.
 */
export class FileConfigService extends ConfigService {
  private running: ReadonlyMap<SectionClass, object>;
  private readonly listeners = new Set<(change: ConfigChange) => void>();
  private readonly readers = new Set<(taken: TakenText) => void>();
  /** Reloads and updates of this process come one after the other, so that none brings back an older state. */
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly source: ConfigFile,
    private readonly reader: ConfigReader,
    private latest: ConfigTree,
    private takenText: string,
  ) {
    super();
    this.running = latest.sections;
  }

  get file(): string {
    return this.source.path;
  }

  get dataDir(): string {
    const { data_dir: dir } = this.get(StorageConfig);
    return dir ? resolve(this.source.dir, dir) : join(this.source.dir, 'data');
  }

  override get environment(): Environment {
    return this.reader.environment;
  }

  /** Everything as it was last read, also what needs a restart to act. */
  get tree(): ConfigTree {
    return this.latest;
  }

  /** The text in force: what was last read and could be used. */
  get text(): string {
    return this.takenText;
  }

  /** Keys whose written value waits for a restart. */
  get pending(): string[] {
    return waiting(this.latest.sections, this.running);
  }

  get sections(): readonly SectionClass[] {
    return this.reader.sections;
  }

  get<T extends object>(section: SectionClass<T>): Readonly<T> {
    const found = this.running.get(section);
    if (!found) throw new Error(`${section.name} is not listed in src/config-sections.ts`);
    return found as Readonly<T>;
  }

  override hasTable(section: SectionClass): boolean {
    return this.latest.written.has(section);
  }

  secretValues(): ReadonlySet<string> {
    return this.latest.secretValues;
  }

  /** What the operator should know: unknown keys, ignored variables, a file that others can read. */
  async warnings(): Promise<string[]> {
    const exposed = this.latest.exposesSecrets && (await this.source.isWorldReadable());
    const advice = `${this.file} holds secrets and every user of this machine can read it: chmod 600 it`;
    return [...(exposed ? [advice] : []), ...this.latest.warnings];
  }

  /** Changes whenever the file on disk does. */
  fingerprint(): Promise<string> {
    return this.source.fingerprint();
  }

  /** Returns the function that ends the subscription. */
  onChange(listener: (change: ConfigChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Told of every text that is taken up and differs from the one before, be it in a comment. Returns what ends the subscription. */
  onText(reader: (taken: TakenText) => void): () => void {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  }

  /** The file as it stands. */
  readFile(): Promise<string> {
    return this.source.read();
  }

  /** Why the file cannot be written; undefined when it can. */
  obstacle(): Promise<string | undefined> {
    return this.source.obstacle();
  }

  /** What is to be said about a text. */
  examine(text: string): Examined {
    return examine(this.reader, text);
  }

  /** What taking up the text would do, in this process. Nothing is kept. */
  preview(next: ConfigTree): TakenUp {
    return takeUp(this.latest.sections, this.running, next.sections);
  }

  /**
   * Replaces the text of the file by what `change` makes of it, under the lock that `update` takes, and takes it up at once.
   * `change` answers for a text that can be used. Rejects like `update`, and with what `change` throws.
   */
  rewrite(change: (text: string) => Promise<string>, origin: ChangeOrigin): Promise<TakenText> {
    return this.inTurn(async () => this.adopt(await this.source.rewrite(change), origin));
  }

  /** Rejects also with `config.invalid` when the new value is not allowed, and with `config.broken` when the file is not TOML. */
  update<V>(path: string, edit: (current: V | undefined) => V): Promise<void> {
    return this.inTurn(async () => {
      const text = await this.source.rewrite((before) => this.edited(before, path, edit));
      try {
        this.adopt(text, { source: 'gateway' });
      } catch (error) {
        // A mistake elsewhere in the file, made while the gateway was running: it was there before and is reported by the watcher.
        if (!(error instanceof ConfigError)) throw error;
      }
    });
  }

  /** Reads the file again. Throws a ConfigError, and keeps everything as it is, when the file is broken. */
  reload(): Promise<void> {
    return this.inTurn(async () => {
      this.adopt(await this.source.read(), { source: 'file' });
    });
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.work.then(task);
    this.work = result.catch(() => undefined);
    return result;
  }

  private async edited<V>(text: string, path: string, edit: (current: V | undefined) => V): Promise<string> {
    try {
      const { tree } = this.reader.parse(text);
      const { segments, stored } = spellingInFile(this.sections, tree, parsePath(path));
      const box = this.reader.secretBox();
      const current = box.reveal(stored) as V | undefined;
      const edited = await editToml(text, segments, box.keepSealed(stored, current, edit(current)));
      this.assertNoWorse(text, edited);
      return edited;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new AppError(409, 'config.broken', `${this.file} is broken, mend it first: ${error.message}`, {
        cause: error,
      });
    }
  }

  private assertNoWorse(before: string, after: string): void {
    const known = new Set(this.reader.readFileOnly(before).problems.map(({ key, reason }) => `${key} ${reason}`));
    const added = this.reader.readFileOnly(after).problems.filter(({ key, reason }) => !known.has(`${key} ${reason}`));
    if (added.length === 0) return;
    const sentences = added.map((problem) => formatProblem({ ...problem, origin: { from: 'file' } }, this.file));
    throw new AppError(400, 'config.invalid', sentences.join('\n'));
  }

  private adopt(text: string, origin: ChangeOrigin): TakenText {
    const next = this.reader.read(text);
    if (next.problems.length > 0) throw new ConfigError(this.file, next.problems);
    const { running, keys, needRestart } = this.preview(next);
    const taken = { text, keys, needRestart, origin };
    const isNew = text !== this.takenText;
    this.latest = next;
    this.running = running;
    this.takenText = text;
    if (isNew) for (const reader of this.readers) reader(taken);
    if (keys.length > 0) for (const listener of this.listeners) listener(taken);
    return taken;
  }
}
