import { Injectable } from '@nestjs/common';
import { AppError } from '../errors/app-error';
import { asSubmitted } from './as-submitted';
import { assertMatch, etagOf } from './config-etag';
import type { ConfigRemark } from './config-report';
import { invalidConfig, remarkOf, remarkOfWarning } from './config-report';
import { ConfigService } from './config.service';
import { editToml } from './edit-toml';
import type { ChangeOrigin, TakenText } from './file-config.service';
import { FileConfigService } from './file-config.service';
import { keepManaged } from './managed-lists';
import { maskToml } from './mask-toml';
import { mergeSteps } from './merge-patch';
import { restoreMasks } from './restore-masks';
import { SecretKeys } from './secret-keys';
import type { TakenUp } from './take-up';
import type { TomlTable } from './toml-document';
import { lineIndex, parseToml } from './toml-document';
import type { Step } from './toml-parts';
import { formatPath } from './toml-path';

export interface ConfigWrite extends ChangeOrigin {
  /** The `If-Match` of the request. Left out: whatever the file says now is replaced. */
  ifMatch?: string | undefined;
  /** Secrets that are masked and no longer there become empty, instead of refusing the text. */
  emptyLost?: boolean;
}

/** A text that was written and taken up. */
export interface ConfigWritten extends TakenText {
  etag: string;
  /** Keys whose secret was masked and is not there any more: they are empty now. */
  emptied: string[];
}

export interface ConfigCheck {
  problems: ConfigRemark[];
  warnings: ConfigRemark[];
  /** What taking it up would do; undefined when it cannot be used. */
  effect: TakenUp | undefined;
}

/**
 * config.toml as a text for people: shown without secrets, replaced or patched as a whole, with comments and order kept. Every way of
 * writing goes through the same checks, the lock that other processes respect, and is taken up at once.
 */
@Injectable()
export class ConfigEditor {
  private known: SecretKeys | undefined;

  constructor(private readonly config: ConfigService) {}

  /** The text without secrets; of a file that is not TOML the last text that was, and `check` says what is wrong. */
  async read(): Promise<{ content: string; etag: string; check: ConfigCheck }> {
    const text = await this.file.readFile();
    const readable = isToml(text) ? text : this.file.text;
    return { content: this.masked(readable), etag: etagOf(text), check: this.judge(text) };
  }

  async etag(): Promise<string> {
    return etagOf(await this.file.readFile());
  }

  /** Any TOML text without its secrets. */
  masked(text: string): string {
    return maskToml(text, this.secrets);
  }

  get file(): FileConfigService {
    if (this.config instanceof FileConfigService) return this.config;
    throw new AppError(409, 'config.not_writable', 'This gateway runs without a config.toml');
  }

  /** What is wrong with a text, masks and all, and what taking it up would do. Writes nothing. */
  async check(text: string): Promise<ConfigCheck> {
    const { completed, problems } = await this.complete(text, this.base(await this.file.readFile()), false);
    if (completed === undefined) return this.judge(text);
    const check = this.judge(completed, text);
    return problems.length > 0 ? { ...check, problems: [...problems, ...check.problems], effect: undefined } : check;
  }

  /** Rejects with 412, with 400 naming every mistake, and like `ConfigService.update`. */
  replace(text: string, write: ConfigWrite): Promise<ConfigWritten> {
    return this.write(write, (before) => this.completed(text, this.base(before), write.emptyLost), text);
  }

  /** Applies a JSON merge patch (RFC 7396). Rejects like `replace`, and with 409 while the file is not TOML. */
  patch(patch: TomlTable, write: ConfigWrite): Promise<ConfigWritten> {
    return this.write(write, async (before) => {
      if (!isToml(before)) throw new AppError(409, 'config.broken', `${this.file.file} is broken: PUT a whole one`);
      let text = before;
      for (const { path, value } of mergeSteps(patch, parseToml(before).tree, this.file.sections))
        text = await edited(text, path, value);
      return this.completed(text, before);
    });
  }

  private async write(
    { ifMatch, source, by, note }: ConfigWrite,
    change: (before: string) => Promise<{ text: string; emptied: string[] }>,
    submitted?: string,
  ): Promise<ConfigWritten> {
    const origin = { source, ...(by !== undefined && { by }), ...(note !== undefined && { note }) };
    let emptied: string[] = [];
    const taken = await this.file.rewrite(async (before) => {
      assertMatch(ifMatch, before);
      const changed = await change(before);
      const { problems } = this.judge(changed.text, submitted);
      if (problems.length > 0) throw invalidConfig(problems);
      ({ emptied } = changed);
      return changed.text;
    }, origin);
    return { ...taken, etag: etagOf(taken.text), emptied };
  }

  private async completed(text: string, base: string, emptyLost = false): Promise<{ text: string; emptied: string[] }> {
    const { completed, problems, emptied } = await this.complete(text, base, emptyLost);
    if (completed === undefined || problems.length > 0) throw invalidConfig(problems);
    return { text: completed, emptied };
  }

  /** Secrets and managed lists of `base` in the places of the masks. */
  private async complete(text: string, base: string, emptyLost: boolean) {
    if (!isToml(text)) return { completed: undefined, problems: this.judge(text).problems, emptied: [] };
    const kept = await keepManaged(text, base, this.file.sections);
    const { text: completed, lost } = restoreMasks(kept, base, this.secrets, emptyLost);
    if (emptyLost) return { completed, problems: [], emptied: lost.map(({ path }) => keyOf(path)) };
    const positionOf = lineIndex(kept);
    const problems = lost.map(({ path, start, reason }): ConfigRemark => {
      const { line, column } = positionOf(start);
      return { key: keyOf(path), line, column, from: 'file', message: reason };
    });
    return { completed, problems, emptied: [] };
  }

  /** Remarks bear the lines of `submitted`. */
  private judge(text: string, submitted = text): ConfigCheck {
    const { tree, problems, warnings } = this.file.examine(text);
    const placed = (remarks: ConfigRemark[]) => (tree ? asSubmitted(remarks, text, submitted) : remarks);
    return {
      problems: placed(problems.map(remarkOf)),
      warnings: placed(warnings.map((warning) => remarkOfWarning(warning, this.file.file))),
      effect: tree && problems.length === 0 ? this.file.preview(tree) : undefined,
    };
  }

  /** Where secrets are kept from: a file that somebody broke still runs as it was. */
  private base(before: string): string {
    return isToml(before) ? before : this.file.text;
  }

  private get secrets(): SecretKeys {
    return (this.known ??= new SecretKeys(this.file.sections));
  }
}

function isToml(text: string): boolean {
  try {
    parseToml(text);
    return true;
  } catch {
    return false;
  }
}

async function edited(text: string, path: readonly string[], value: unknown): Promise<string> {
  try {
    return await editToml(text, path, value);
  } catch (error) {
    throw new AppError(400, 'config.invalid', `Invalid config: ${(error as Error).message}`, {
      param: formatPath(path),
    });
  }
}

/** `model_routes[0].api_key` */
function keyOf(path: readonly Step[]): string {
  return path.reduce<string>(
    (key, step) => (typeof step === 'number' ? `${key}[${step}]` : formatPath([step], key)),
    '',
  );
}
