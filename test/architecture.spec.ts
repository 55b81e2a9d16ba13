import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * The house as data: which rooms a room may import from. Imports go down only; doors never import each other.
 * A room that is missing here fails the test, so adding one is a decision.
 */
const FLOOR = ['platform'];
const BELOW_AGENT = ['tools', 'memory', 'cost', 'providers', ...FLOOR];
const BELOW_DOORS = ['agent', 'pairing', ...BELOW_AGENT];
const MAY_IMPORT: Record<string, readonly string[]> = {
  platform: [],
  pairing: FLOOR,
  providers: FLOOR,
  cost: ['providers', ...FLOOR],
  memory: ['cost', 'providers', ...FLOOR],
  tools: ['memory', 'cost', 'providers', ...FLOOR],
  agent: BELOW_AGENT,
  chat: BELOW_DOORS,
  openai: BELOW_DOORS,
  openapi: FLOOR,
  mcp: BELOW_DOORS,
  runs: BELOW_DOORS,
  audit: ['channels', 'cron', ...BELOW_DOORS],
  cron: ['channels', ...BELOW_DOORS],
  webhooks: ['channels', ...BELOW_DOORS],
  channels: BELOW_DOORS,
  tunnel: BELOW_DOORS,
  // It looks at every room, and no room knows of it.
  doctor: ['channels', 'cron', 'tunnel', 'chat', ...BELOW_DOORS],
  // The live feed names what these announce, by their types; the status shows the tunnel.
  dashboard: ['channels', 'cron', 'tunnel', ...BELOW_DOORS],
};

/** Files directly in src/ are the roof and may import everything. */
const ROOF = 'roof';
/** Kinds that stay inside their own room. */
const PRIVATE_KIND = /\.(controller|gateway|repository|dto)$/;
const MAX_LINES = 250;

const SRC = resolve(__dirname, '..', 'src');

interface SourceFile {
  /** Relative to src, without the extension. */
  name: string;
  room: string;
  text: string;
  imports: string[];
}

const files = read(SRC);

test('imports go down only', () => {
  const wrong = pairs(
    ({ from, to }) => from.room !== ROOF && from.room !== to.room && !MAY_IMPORT[from.room]?.includes(to.room),
  );
  expect(wrong).toEqual([]);
});

test('controllers, gateways, repositories and DTOs stay in their room', () => {
  expect(pairs(({ from, to }) => from.room !== to.room && PRIVATE_KIND.test(to.name))).toEqual([]);
});

test('a messaging platform is a folder that knows nothing of the others, nor of the queues', () => {
  const shared = new Set(['core', 'inbox', 'outbox', 'queue', 'operations']);
  const folder = (name: string) => /^channels\/([^/]+)\//.exec(name)?.[1];
  const wrong = files.flatMap((from) => {
    const own = folder(from.name);
    if (own === undefined || shared.has(own)) return [];
    const foreign = from.imports.filter(
      (to) => to.startsWith('channels/') && ![own, 'core'].includes(folder(to) ?? ''),
    );
    return foreign.map((to) => `${from.name} -> ${to}`);
  });
  expect(wrong).toEqual([]);
});

test('every room is on the map', () => {
  const rooms = new Set(files.map((file) => file.room));
  rooms.delete(ROOF);
  expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
});

test('files are small, named in kebab-case and no barrels', () => {
  const wrong = files.filter(
    ({ name, text }) =>
      !/^([a-z0-9]+(-[a-z0-9]+)*\/)*\d*[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?(\.d)?$/.test(name) ||
      name.endsWith('/index') ||
      text.split('\n').length > MAX_LINES,
  );
  expect(wrong.map((file) => file.name)).toEqual([]);
});

test('no room is a drawer for everything', () => {
  expect(
    files
      .filter(({ name }) => /(^|\/)(utils?|common|helpers?|misc|shared)(\/|\.|$)/.test(name))
      .map((file) => file.name),
  ).toEqual([]);
});

test.each([
  ['forwardRef', /\bforwardRef\(/, () => true],
  ['@Global beyond the ground', /^@Global\(\)/m, (room: string) => room !== 'platform'],
  ['request-scoped providers', /Scope\.REQUEST/, () => true],
  ['fetch instead of the egress room', /\bawait fetch\(/, () => true],
  [
    'the process environment read outside of the roof and the configuration',
    /process\.env\b/,
    (room: string) => room !== 'platform' && room !== ROOF,
  ],
])('no %s', (_what, pattern, applies) => {
  expect(files.filter(({ room, text }) => applies(room) && pattern.test(text)).map((file) => file.name)).toEqual([]);
});

/** Every import between two of our files that `wrong` objects to, as `from -> to`. */
function pairs(wrong: (edge: { from: SourceFile; to: { name: string; room: string } }) => boolean): string[] {
  return files.flatMap((from) =>
    from.imports
      .filter((name) => wrong({ from, to: { name, room: roomOf(name) } }))
      .map((name) => `${from.name} -> ${name}`),
  );
}

function read(folder: string): SourceFile[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    if (statSync(path).isDirectory()) return read(path);
    if (!entry.endsWith('.ts')) return [];
    const text = readFileSync(path, 'utf8');
    const name = relative(SRC, path).replace(/\.ts$/, '');
    return [{ name, room: roomOf(name), text, imports: importsOf(text, path) }];
  });
}

function importsOf(text: string, path: string): string[] {
  const found = text.matchAll(/(?:from|import|require\()\s*\(?'(\.[^']+)'/g);
  return [...found].map(([, target = '']) => relative(SRC, resolve(dirname(path), target)));
}

function roomOf(name: string): string {
  const [first = '', ...rest] = name.split('/');
  return rest.length === 0 ? ROOF : first;
}
