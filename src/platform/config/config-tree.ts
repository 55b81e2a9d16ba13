import { validateSync } from 'class-validator';
import type { ConfigProblem, Origin } from './config-problem';
import { lineOf, showValue } from './config-problem';
import type { EnvironmentReader } from './environment';
import { describeShape, fromText, keyShape } from './key-shape';
import type { SecretBox } from './secret-box';
import type { KeyOptions, SectionClass } from './section';
import { sectionKeys, sectionMeta } from './section';
import type { TomlDocument, TomlTable } from './toml-document';
import { isTable } from './toml-document';
import { formatPath, parsePath } from './toml-path';

export interface ConfigSources {
  document: TomlDocument;
  environment: EnvironmentReader;
  /** By dotted key, from the command line. Text is read like text from the environment. */
  flags: Readonly<Record<string, unknown>>;
  secretBox: SecretBox;
}

/** The sections with everything merged, what is wrong with them, and where each value came from. */
export interface ConfigTree {
  sections: ReadonlyMap<SectionClass, object>;
  /** Those whose table stands in the file, be it empty. */
  written: ReadonlySet<SectionClass>;
  problems: readonly ConfigProblem[];
  warnings: readonly string[];
  origins: ReadonlyMap<string, Origin>;
  /** Every secret in use, for scrubbing logs and answers. */
  secretValues: ReadonlySet<string>;
  /** The file holds a secret in plain text. A hash or an encrypted value does no harm to who reads it. */
  exposesSecrets: boolean;
}

/** Merges defaults, file, environment and flags into checked, frozen sections. Never throws: mistakes are collected in `problems`. */
export function buildTree(sections: readonly SectionClass[], sources: ConfigSources): ConfigTree {
  return new TreeBuilder(sources).build(sections);
}

type Fields = Record<string, unknown>;

class TreeBuilder {
  private readonly problems: ConfigProblem[] = [];
  private readonly warnings: string[] = [];
  private readonly origins = new Map<string, Origin>();
  private readonly secretValues = new Set<string>();
  private exposesSecrets = false;

  constructor(private readonly sources: ConfigSources) {}

  build(sections: readonly SectionClass[]): ConfigTree {
    const built = new Map<SectionClass, object>();
    const written = new Set<SectionClass>();
    for (const section of sections) {
      const { path, closed } = sectionMeta(section);
      const found = this.rawTable(path);
      if (found) written.add(section);
      const raw = found ?? {};
      if (closed) this.refuseUnknownKeys(section, raw, path);
      built.set(section, deepFreeze(this.table(section, raw, path)));
    }
    this.warnings.push(...this.sources.environment.warnings);
    const problems = this.problems.sort((a, b) => lineOf(a) - lineOf(b));
    const { warnings, origins, secretValues, exposesSecrets } = this;
    return { sections: built, written, problems, warnings, origins, secretValues, exposesSecrets };
  }

  /** The file's table at `path`; undefined when it is absent or not a table, which is reported. */
  private rawTable(path: string): TomlTable | undefined {
    let table: TomlTable = this.sources.document.tree;
    let walked = '';
    for (const segment of path ? parsePath(path) : []) {
      walked = formatPath([segment], walked);
      const next = table[segment];
      if (next === undefined) return undefined;
      if (!isTable(next)) {
        this.report(walked, this.inFile(walked), `found ${showValue(next)}, allowed: a table, [${path}]`);
        return undefined;
      }
      table = next;
    }
    return table;
  }

  private refuseUnknownKeys(section: SectionClass, raw: TomlTable, path: string): void {
    const known = sectionKeys(section);
    for (const key of Object.keys(raw).filter((name) => !known.has(name))) {
      const here = formatPath([key], path);
      this.report(here, this.inFile(here), `not a key of [${path}]; its keys are ${[...known.keys()].join(', ')}`);
    }
  }

  private table(section: SectionClass, raw: TomlTable, path: string): object {
    const instance = new section();
    const fields = instance as Fields;
    const sound = new Set<string>();
    for (const [key, options] of sectionKeys(section)) {
      const reported = this.problems.length;
      this.fill(section, fields, key, options, raw, formatPath([key], path));
      if (this.problems.length === reported) sound.add(key);
    }
    this.validate(section, instance, path, sound);
    return instance;
  }

  private fill(
    section: SectionClass,
    fields: Fields,
    key: string,
    options: KeyOptions,
    raw: TomlTable,
    path: string,
  ): void {
    if (options.table) return this.fillTables(fields, key, options.table, options, raw, path);
    const { value, origin } = this.read(section, key, options, raw, path);
    this.origins.set(path, origin);
    if (value === undefined) return;
    const plain = this.reveal(value, path, origin);
    fields[key] = typeof plain === 'string' ? (options.synonyms?.[plain] ?? plain) : plain;
    if (!options.secret) return;
    this.keepSecret(fields[key]);
    if (origin.from === 'file' && this.isExposed(value)) this.exposesSecrets = true;
  }

  private fillTables(
    fields: Fields,
    key: string,
    table: SectionClass,
    options: KeyOptions,
    raw: TomlTable,
    path: string,
  ): void {
    const { value, name } = this.fromFile(key, options, raw, path);
    const origin = value === undefined ? ({ from: 'default' } as const) : this.inFile(name);
    const wrong = (allowed: string) => this.report(path, origin, `found ${showValue(value)}, allowed: ${allowed}`);
    if (options.kind === 'array') {
      if (value === undefined) return;
      if (!Array.isArray(value) || !value.every(isTable)) return wrong(`tables, each below [[${path}]]`);
      fields[key] = value.map((entry, index) => this.table(table, entry, `${path}[${index}]`));
    } else if (options.kind === 'map') {
      if (value === undefined) return;
      const named = options.namedBy === undefined ? value : byName(value, options.namedBy);
      if (!isTable(named)) return wrong(`tables such as [${path}.name]`);
      const entries = Object.entries(named).map(([entry, inner]) => {
        const inside = formatPath([entry], path);
        if (isTable(inner)) return [entry, this.table(table, inner, inside)] as const;
        this.report(inside, this.inFile(inside), `found ${showValue(inner)}, allowed: a table`);
        return [entry, new table()] as const;
      });
      fields[key] = Object.fromEntries(entries);
    } else {
      if (value !== undefined && !isTable(value)) return wrong(`a table, [${path}]`);
      if (value === undefined && fields[key] === undefined) return;
      fields[key] = this.table(table, value ?? {}, path);
    }
  }

  private read(section: SectionClass, key: string, options: KeyOptions, raw: TomlTable, path: string) {
    const shape = keyShape(section, key);
    const flag = this.sources.flags[path];
    if (flag !== undefined) {
      const name = `--${key.replaceAll('_', '-')}`;
      const value = typeof flag === 'string' ? fromText(flag, shape) : flag;
      return { value, origin: { from: 'flag', name } satisfies Origin };
    }
    const found = this.sources.environment.read(options, shape);
    if (found) {
      const origin = { from: 'environment', name: found.name } as const;
      if (found.failure !== undefined) this.report(path, origin, `its file cannot be read (${found.failure})`);
      return { value: found.text === undefined ? undefined : fromText(found.text, shape), origin };
    }
    const { value, name } = this.fromFile(key, options, raw, path);
    return { value, origin: value === undefined ? ({ from: 'default' } as const) : this.inFile(name) };
  }

  private fromFile(key: string, options: KeyOptions, raw: TomlTable, path: string): { value: unknown; name: string } {
    const written = [key, ...(options.aliases ?? [])].filter((name) => raw[name] !== undefined);
    const [used = key, ...ignored] = written;
    for (const other of ignored) this.warnings.push(`${other} is ignored: ${used} means the same and is set too`);
    const name = used === key ? path : path.slice(0, path.length - formatPath([key]).length) + formatPath([used]);
    return { value: raw[used], name };
  }

  private validate(section: SectionClass, instance: object, path: string, sound: ReadonlySet<string>): void {
    for (const error of validateSync(instance, { forbidUnknownValues: false })) {
      const options = sectionKeys(section).get(error.property);
      if (!options || !sound.has(error.property)) continue;
      const shape = keyShape(section, error.property);
      const key = formatPath([error.property], path);
      const rules = Object.values(error.constraints ?? {}).map((rule) => rule.replace(`${error.property} `, ''));
      const described = shape.complete || shape.type !== 'any' ? [describeShape(shape)] : [];
      const allowed = [...described, ...(shape.complete ? [] : rules)].join('; ');
      const origin = this.origins.get(key) ?? this.inFile(key);
      const found = error.value === undefined ? 'it is missing' : `found ${showValue(error.value, options.secret)}`;
      this.report(key, origin, `${found}, allowed: ${allowed}`);
    }
  }

  private reveal(value: unknown, path: string, origin: Origin): unknown {
    try {
      return this.sources.secretBox.reveal(value);
    } catch (error) {
      this.report(path, origin, (error as Error).message);
      return undefined;
    }
  }

  private keepSecret(value: unknown): void {
    if (typeof value === 'string' && value) this.secretValues.add(value);
    else if (Array.isArray(value) || isTable(value)) Object.values(value).forEach((inner) => this.keepSecret(inner));
  }

  private isExposed(value: unknown): boolean {
    if (Array.isArray(value) || isTable(value)) return Object.values(value).some((inner) => this.isExposed(inner));
    if (typeof value !== 'string' || value === '') return false;
    return !this.sources.secretBox.isSealed(value) && !/^[0-9a-f]{64}$/.test(value);
  }

  private inFile(path: string): Origin {
    const position = this.sources.document.positions.get(path);
    return { from: 'file', ...(position && { position }) };
  }

  private report(key: string, origin: Origin, reason: string): void {
    this.problems.push({ key, origin, reason });
  }
}

/** A list of tables as a map, by their names; anything else as it is. */
function byName(value: unknown, key: string): unknown {
  if (!Array.isArray(value) || !value.every((entry) => isTable(entry) && typeof entry[key] === 'string')) return value;
  return Object.fromEntries(value.map((entry: TomlTable) => [entry[key], entry] as const));
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}
