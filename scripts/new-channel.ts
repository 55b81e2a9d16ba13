/**
 * Writes a new messaging channel that works: npm run new:channel <name>
 * The templates in scripts/new-channel are a whole channel called sample-chat, which tsc checks like everything else; they are copied with
 * its name exchanged. Nothing is written unless everything can be.
 */
import 'reflect-metadata';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ChannelsConfig } from '../src/channels/channels.config';
import { CHANNEL_TABLES, GATEWAY_PATHS } from '../src/channels/core/channel-name';
import { sectionKeys } from '../src/platform/config/section';

const ROOT = resolve(__dirname, '..');
const TEMPLATES = join(__dirname, 'new-channel');
const TEMPLATE_NAME = 'sample-chat';
const ROSTER = join(ROOT, 'src', 'channels', 'roster.ts');
const LONGEST_NAME = 40;

/** A reason not to write anything. */
class Refusal extends Error {}

void main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Refusal ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
});

async function main([name, ...rest]: string[]): Promise<void> {
  if (name === undefined || rest.length > 0)
    throw new Refusal('Usage: npm run new:channel <name>, such as carrier-pigeon');
  assertFree(name);
  const files = new Map(
    readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|json)$/.test(file))
      .map((file) => [placeOf(file, name), contentOf(file, name)] as const),
  );
  const existing = [...files.keys()].filter((file) => existsSync(file));
  if (existing.length > 0) throw new Refusal(`These are in the way:\n${existing.map(shown).join('\n')}`);
  const roster = await pretty(ROSTER, withLine(readFileSync(ROSTER, 'utf8'), name));
  const written = await Promise.all([...files].map(async ([file, text]) => [file, await pretty(file, text)] as const));
  for (const [file, text] of written) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  }
  writeFileSync(ROSTER, roster);
  process.stdout.write(farewell(name, [...files.keys()]));
}

function assertFree(name: string): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > LONGEST_NAME) {
    const rule = `lower-case letters and digits in words joined by -, beginning with a letter, at most ${LONGEST_NAME} in all`;
    throw new Refusal(`"${name}" is no name for a channel: ${rule}, such as carrier-pigeon`);
  }
  if (GATEWAY_PATHS.includes(name)) throw new Refusal(`/${name} is a path of the gateway, choose another name`);
  if (sectionKeys(ChannelsConfig).has(formsOf(name).snake))
    throw new Refusal(`${formsOf(name).snake} is a key of [${CHANNEL_TABLES}], choose another name`);
  const folder = folderOf(name);
  if (existsSync(folder)) throw new Refusal(`${shown(folder)} exists already, choose another name`);
}

function folderOf(name: string): string {
  return join(ROOT, 'src', 'channels', name);
}

/** Where the copy of a template belongs. */
function placeOf(template: string, name: string): string {
  const file = renamed(template, name);
  if (file.endsWith('.json')) return join(ROOT, 'test', 'fixtures', 'channels', name, relative('fixtures', file));
  return join(file.endsWith('.spec.ts') ? join(ROOT, 'test', 'contract', 'channels') : folderOf(name), file);
}

/** The template under the new name, with imports that lead from its new place to theirs. */
function contentOf(template: string, name: string): string {
  const from = dirname(placeOf(template, name));
  const text = readFileSync(join(TEMPLATES, template), 'utf8').replaceAll(
    /from '(\.[^']+)'/g,
    (_match, path: string) => {
      const target = path.startsWith('./') ? join(folderOf(name), renamed(path, name)) : resolve(TEMPLATES, path);
      const moved = relative(from, target).replaceAll('\\', '/');
      return `from '${moved.startsWith('.') ? moved : `./${moved}`}'`;
    },
  );
  return renamed(text, name);
}

function renamed(text: string, name: string): string {
  const [old, fresh] = [formsOf(TEMPLATE_NAME), formsOf(name)];
  return Object.entries(old).reduce(
    (all, [form, word]) => all.replaceAll(word, fresh[form as keyof typeof fresh]),
    text,
  );
}

function formsOf(name: string) {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const snake = name.replaceAll('-', '_');
  return { kebab: name, snake, upper: snake.toUpperCase(), pascal: words.join(''), title: words.join(' ') };
}

/** The roster with the channel's imports after the others and its line at the end. */
function withLine(roster: string, name: string): string {
  const { pascal } = formsOf(name);
  const imports = roster.lastIndexOf('\nimport ');
  const end = roster.lastIndexOf('\n];');
  if (imports < 0 || end < imports)
    throw new Refusal(`${shown(ROSTER)} has another form than expected: nothing was written`);
  const afterImports = roster.indexOf(';\n', imports) + 2;
  return (
    roster.slice(0, afterImports) +
    `import { ${pascal}Config } from './${name}/${name}.config';\nimport { ${pascal}Module } from './${name}/${name}.module';\n` +
    roster.slice(afterImports, end) +
    `\n  { module: ${pascal}Module, config: ${pascal}Config },` +
    roster.slice(end)
  );
}

async function pretty(file: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

function shown(path: string): string {
  return relative(ROOT, path);
}

function farewell(name: string, files: string[]): string {
  const { snake } = formsOf(name);
  return `${[...files, ROSTER].map((file) => `  ${shown(file)}`).join('\n')}

It works as it is. Next:
  npx jest test/contract/channels/${name}.spec.ts
                        shows that
  src/channels/${name}  teach it the platform: its signature, its payloads (put recorded ones
                        into test/fixtures/channels/${name}), its API
  config.toml           [${CHANNEL_TABLES}.${snake}] switches it on: /${name}
  npm run -s zeroclaw -- config schema --example > config/config.example.toml
                        shows the table in the example
docs/channels.md leads through it.
`;
}
