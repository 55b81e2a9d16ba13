import 'reflect-metadata';

/** A class that describes one table of config.toml: its fields are the keys, their initial values the defaults. */
export type SectionClass<T extends object = object> = new () => T;

export interface KeyOptions {
  /** One or two sentences for config.example.toml and `zeroclaw config schema`. Names the unit. */
  doc: string;
  /** Environment variable that overrides the file; several are tried in order. */
  env?: string | string[];
  /** Masked wherever the configuration is shown, redacted in logs, never written back from the environment. */
  secret?: boolean;
  /** A list that the gateway keeps itself: whoever replaces the whole file adds to it, and takes nothing away. */
  managed?: boolean;
  /** True when a change is picked up by the running gateway; otherwise the log names the key as needing a restart. */
  live?: boolean;
  /** The class of a nested table (`[a.b]`), of each entry of an array of tables (`[[a]]`) or of each value of a free map (`[a.<name>]`). */
  table?: SectionClass;
  kind?: 'table' | 'array' | 'map';
  /** A map may also be written as an array of tables, each with its name under this key. */
  namedBy?: string;
  /** Other spellings of the key accepted in the file. */
  aliases?: string[];
  /** Other spellings of its values, accepted everywhere: `{ read_only: 'readonly' }`. */
  synonyms?: Record<string, string>;
  /** Shown commented out in the example when the default is empty. */
  example?: unknown;
}

export interface SectionOptions {
  /** An unknown key is a mistake instead of a warning: for tables where a misspelt key would leave a door open. */
  closed?: boolean;
}

export interface SectionMeta extends SectionOptions {
  /** Dotted path of the table; empty for the top level. */
  path: string;
  doc: string;
}

const SECTION = Symbol('config:section');
const KEYS = Symbol('config:keys');

/** Marks a class as the table `[path]` of config.toml. Rooms own their sections; `config-sections.ts` lists them. */
export function Section(path: string, doc: string, options: SectionOptions = {}): ClassDecorator {
  return (target) => Reflect.defineMetadata(SECTION, { path, doc, ...options } satisfies SectionMeta, target);
}

/** Describes one key. Validation is left to class-validator's own decorators beside it. */
export function Key(options: KeyOptions): PropertyDecorator {
  return (target, property) => {
    const keys = new Map<string, KeyOptions>(Reflect.getOwnMetadata(KEYS, target.constructor) ?? []);
    keys.set(String(property), options);
    Reflect.defineMetadata(KEYS, keys, target.constructor);
  };
}

export function sectionMeta(section: SectionClass): SectionMeta {
  const meta = Reflect.getMetadata(SECTION, section) as SectionMeta | undefined;
  if (!meta) throw new Error(`${section.name} lacks @Section`);
  return meta;
}

export function sectionKeys(section: SectionClass): ReadonlyMap<string, KeyOptions> {
  return (Reflect.getMetadata(KEYS, section) as Map<string, KeyOptions> | undefined) ?? new Map();
}
