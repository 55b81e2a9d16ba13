import { closest } from 'fastest-levenshtein';
import type { Command } from 'commander';
import { channelTables, configSections } from './config-sections';
import { ConfigError } from './platform/config/config-problem';
import { renderExample } from './platform/config/config-example';
import { masked, renderEffective } from './platform/config/config-text';
import type { FileConfigService } from './platform/config/file-config.service';
import { jsonSchema } from './platform/config/json-schema';
import { allKeys, effectiveValue, findKey } from './platform/config/key-lookup';
import { fromText, keyShape } from './platform/config/key-shape';
import { loadConfig, readConfig } from './platform/config/load-config';
import { parseToml, TomlSyntaxError } from './platform/config/toml-document';
import { parsePath } from './platform/config/toml-path';
import { formatValue } from './platform/config/toml-value';
import { AppError } from './platform/errors/app-error';

export interface ConfigCommandIo {
  out(text: string): void;
  err(text: string): void;
  /** Left out: the environment of this process. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** `zeroclaw config …`: look at config.toml and change it, with the same checks as the gateway. Mistakes reject with an AppError. */
export function registerConfigCommand(program: Command, io: ConfigCommandIo): void {
  const config = program.command('config').description('look at and change config.toml');
  const options = (command: Command) => ({
    sections: configSections,
    configDir: command.optsWithGlobals<{ configDir?: string }>().configDir,
    ...(io.env && { env: io.env }),
  });
  const subcommand = (usage: string, description: string) =>
    config.command(usage).description(description).option('--config-dir <dir>', 'where config.toml lives');

  subcommand('show', 'print the configuration in force, secrets masked').action(async (_options, command: Command) => {
    const loaded = await loadConfig(options(command));
    io.out(`# ${loaded.file}\n${renderEffective(configSections, loaded.tree)}`);
  });

  subcommand('get <key>', 'print one value in force, secrets masked').action(
    async (key: string, _options, command: Command) => {
      io.out(`${show(await loadConfig(options(command)), key)}\n`);
    },
  );

  subcommand('set <key> <value>', 'change one value in config.toml; comments stay').action(
    async (key: string, value: string, _options, command: Command) => {
      const loaded = await readConfig(options(command));
      await loaded.update(key, () => parseValue(key, value));
      const origin = loaded.tree.origins.get(key);
      if (origin?.from === 'environment') io.err(`${key} is written, but ${origin.name} goes before it\n`);
    },
  );

  subcommand('check', 'check config.toml; exit code 1 and every reason when it cannot be used').action(
    async (_options, command: Command) => {
      const loaded = await readConfig(options(command));
      for (const warning of await loaded.warnings()) io.err(`warning: ${warning}\n`);
      const { problems } = loaded.tree;
      if (problems.length > 0) throw new ConfigError(loaded.file, problems);
      io.out(`${loaded.file} is fine\n`);
    },
  );

  subcommand('schema', 'print every key as JSON schema')
    .option('--example', 'print config.example.toml instead')
    .action(({ example }: { example?: boolean }) => {
      io.out(
        example
          ? renderExample(configSections, channelTables)
          : `${JSON.stringify(jsonSchema(configSections), null, 2)}\n`,
      );
    });
}

function show(config: FileConfigService, key: string): string {
  const segments = path(key);
  const found = findKey(configSections, segments) ?? unknownKey(key);
  const value = masked(effectiveValue(config.tree, segments), found.options);
  return typeof value === 'string' ? value : value === undefined ? '' : formatValue(value);
}

function parseValue(key: string, text: string): unknown {
  const found = findKey(configSections, path(key)) ?? unknownKey(key);
  const shape = keyShape(found.section, found.key);
  if (found.options.table || shape.type === 'table' || (shape.list && text.trimStart().startsWith('['))) {
    try {
      return parseToml(`value = ${text}`).tree['value'];
    } catch (error) {
      if (!(error instanceof TomlSyntaxError)) throw error;
      throw new AppError(400, 'config.invalid', `${text} is not a value in TOML's notation: ${error.message}`);
    }
  }
  return fromText(text, shape);
}

function path(key: string): string[] {
  try {
    return parsePath(key);
  } catch (error) {
    throw new AppError(400, 'config.unknown_key', (error as Error).message);
  }
}

function unknownKey(key: string): never {
  const hint = `did you mean ${closest(key, allKeys(configSections))}?`;
  throw new AppError(
    404,
    'config.unknown_key',
    `${key} is not a key of this gateway; ${hint} "config schema" lists them all.`,
  );
}
