import { ConfigError } from './config-problem';
import type { ConfigTree } from './config-tree';
import { buildTree } from './config-tree';
import { EnvironmentReader } from './environment';
import { SecretBox } from './secret-box';
import type { SectionClass } from './section';
import type { TomlDocument } from './toml-document';
import { parseToml, TomlSyntaxError } from './toml-document';
import { warnOfMisspeltVariables, warnOfUnknownKeys } from './unknown-keys';

export interface ReaderOptions {
  sections: readonly SectionClass[];
  env: Readonly<Record<string, string | undefined>>;
  /** Values from the command line by dotted key. */
  flags: Readonly<Record<string, unknown>>;
  file: string;
  configDir: string;
}

/** Turns the text of config.toml into the checked tree, together with the environment and the flags of this process. */
export class ConfigReader {
  constructor(private readonly options: ReaderOptions) {}

  get sections(): readonly SectionClass[] {
    return this.options.sections;
  }

  get environment(): ReaderOptions['env'] {
    return this.options.env;
  }

  /** Wrong values are collected in the tree. Throws a ConfigError when the text is not TOML. */
  read(text: string): ConfigTree {
    const { env, flags } = this.options;
    return this.build(text, env, flags);
  }

  /** What the text alone would mean: a mistake in it shows even while the environment goes before the key. */
  readFileOnly(text: string): ConfigTree {
    return this.build(text, {}, {});
  }

  private build(text: string, env: ReaderOptions['env'], flags: ReaderOptions['flags']): ConfigTree {
    const { sections, file } = this.options;
    const document = this.parse(text);
    const tree = buildTree(sections, {
      document,
      environment: new EnvironmentReader(env),
      flags,
      secretBox: this.secretBox(),
    });
    const unknown = [...warnOfUnknownKeys(sections, document, file), ...warnOfMisspeltVariables(sections, env)];
    return { ...tree, warnings: [...tree.warnings, ...unknown] };
  }

  parse(text: string): TomlDocument {
    try {
      return parseToml(text);
    } catch (error) {
      if (!(error instanceof TomlSyntaxError)) throw error;
      const origin = { from: 'file' as const, ...(error.position && { position: error.position }) };
      throw new ConfigError(this.options.file, [{ key: '', origin, reason: `is not valid TOML: ${error.message}` }]);
    }
  }

  /** A new one each time, so that a replaced key file is noticed. */
  secretBox(): SecretBox {
    return new SecretBox(this.options.configDir);
  }
}
