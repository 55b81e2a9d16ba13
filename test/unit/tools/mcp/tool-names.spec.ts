import * as fc from 'fast-check';
import { toolNames } from '../../../../src/tools/mcp/tool-names';

const names = (server: string, ...tools: string[]) => [...toolNames(server, tools).values()];

test('a tool is called by its server and its own name', () => {
  expect(names('files', 'read_file', 'list-dir')).toEqual(['files__read_file', 'files__list-dir']);
});

test('characters that no name may have become underscores', () => {
  expect(names('my.server', 'a b/c')).toEqual(['my_server__a_b_c']);
});

test('of two that would be called the same, the one that needs no change keeps the name', () => {
  const found = toolNames('s', ['a.b', 'a_b', 'a/b']);
  expect(found.get('a_b')).toBe('s__a_b');
  expect(found.get('a.b')).toMatch(/^s__a_b_[0-9a-f]{8}$/);
  expect(new Set(found.values()).size).toBe(3);
});

test('a name never depends on what else the server has, unless it is taken', () => {
  const long = 'x'.repeat(100);
  expect(toolNames('s', [long, 'other']).get(long)).toBe(toolNames('s', [long]).get(long));
});

test('whatever a server calls its tools: every tool has a name of its own that every model host takes', () => {
  const anyTool = fc.string({ unit: fc.constantFrom('a', 'b', '.', '_', '/', 'ü', '🦀'), maxLength: 90 });
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 80 }), fc.uniqueArray(anyTool), (server, tools) => {
      const found = toolNames(server, tools);
      expect(found.size).toBe(tools.length);
      expect(new Set(found.values()).size).toBe(tools.length);
      for (const name of found.values()) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    }),
  );
});
