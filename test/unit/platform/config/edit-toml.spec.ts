import { editToml } from '../../../../src/platform/config/edit-toml';
import { parseToml } from '../../../../src/platform/config/toml-document';
import { parsePath } from '../../../../src/platform/config/toml-path';

const FILE = `# The gateway of the team
name = "Ada" # first name

# Where it listens
[gateway] # the doors
port = 1 # do not change
tokens = [
  "a", # laptop
  "b", # phone
]
# tail of gateway

# What else there is
[other]
big = 0xFF
at = 1979-05-27T07:32:00Z
text = """
two
lines"""
[a.b]
x = 1
`;

const edit = (text: string, path: string, value: unknown) => editToml(text, parsePath(path), value);
/** The lines that differ, as `-old` and `+new`. */
const changed = (before: string, after: string) => [
  ...before
    .split('\n')
    .filter((line) => !after.split('\n').includes(line))
    .map((line) => `-${line}`),
  ...after
    .split('\n')
    .filter((line) => !before.split('\n').includes(line))
    .map((line) => `+${line}`),
];

describe('editing config.toml', () => {
  it.each([
    ['changes a value', 'gateway.port', 2, ['-port = 1 # do not change', '+port = 2 # do not change']],
    ['changes a value above all tables', 'name', 'Bob', ['-name = "Ada" # first name', '+name = "Bob" # first name']],
    ['adds to a list', 'gateway.tokens', ['a', 'b', 'c'], ['+  "c",']],
    ['takes from a list', 'gateway.tokens', ['b'], ['-  "a", # laptop']],
    ['removes a key', 'gateway.port', undefined, ['-port = 1 # do not change']],
    ['adds a key', 'gateway.host', '::1', ['+host = "::1"']],
    ['adds a key above all tables', 'title', 'x', ['+title = "x"']],
    ['adds a table', 'storage.url', 'y', ['+[storage]', '+url = "y"']],
    ['adds a nested table', 'models."custom:https://h".key', 'k', ['+[models."custom:https://h"]', '+key = "k"']],
    ['adds to a table that has only sub-tables', 'a.y', true, ['+[a]', '+y = true']],
  ])('%s and touches nothing else', async (_, path, value, lines) => {
    expect(changed(FILE, await edit(FILE, path, value))).toEqual(lines);
  });

  it('adds a key at the end of its table, not behind the comment of the next one', async () => {
    const after = await edit(FILE, 'gateway.host', 'x');

    expect(after).toContain('# tail of gateway\nhost = "x"\n\n# What else there is\n[other]');
  });

  it.each([
    ['an empty file', '', '[a]\nb = 1\n'],
    ['a file without a last line end', 'x = 1', 'x = 1\n\n[a]\nb = 1\n'],
    ['only a comment', '# hello\n', '# hello\n\n[a]\nb = 1\n'],
    ['an empty table', '[a]', '[a]\nb = 1\n'],
    ['an inline table', 'a = { c = 2 }\n', 'a = { c = 2, b = 1 }\n'],
    ['dotted keys', 'a.c = 2\n', 'a.c = 2\na.b = 1\n'],
  ])('adds to %s', async (_, before, after) => {
    expect((await edit(before, 'a.b', 1)).replace('a.b= 1', 'a.b = 1')).toBe(after);
  });

  it('keeps CRLF', async () => {
    expect(await edit('[a]\r\nx = 1\r\n', 'a.b', 1)).toBe('[a]\r\nx = 1\r\nb = 1\r\n');
  });

  it.each([['quote " and \\'], ['two\nlines'], ['ü ✓ \u007f \u0001'], ["it's"]])(
    'writes any text: %j',
    async (text) => {
      const added = await edit(FILE, 'gateway.host', text);
      const changedBack = await edit(await edit(FILE, 'gateway.host', 'x'), 'gateway.host', text);

      expect(parseToml(added).tree).toMatchObject({ gateway: { host: text, port: 1 }, name: 'Ada' });
      expect(parseToml(changedBack).tree).toEqual(parseToml(added).tree);
    },
  );

  it('gives the same text back when nothing changes', async () => {
    expect(await edit(FILE, 'gateway.tokens', ['a', 'b'])).toBe(FILE);
    expect(await edit(FILE, 'not.there', undefined)).toBe(FILE);
  });

  it('removes the comment right above a key along with the key', async () => {
    expect(await edit('# about b\nb = 1\n\n# about c\nc = 2\n', 'b', undefined)).not.toContain('about b');
  });

  it('refuses a path through a value', async () => {
    await expect(edit(FILE, 'name.first', 1)).rejects.toThrow('name is not a table');
  });
});
