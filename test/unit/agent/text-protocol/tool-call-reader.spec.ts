import * as fc from 'fast-check';
import { ToolCallReader } from '../../../../src/agent/text-protocol/tool-call-reader';
import type { WrittenCall } from '../../../../src/agent/text-protocol/tool-call-text';
import { UNREADABLE, writeCall } from '../../../../src/agent/text-protocol/tool-call-text';

const read = (text: string, cuts: readonly number[] = [text.length || 1]) => {
  const reader = new ToolCallReader();
  let out = '';
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = Math.max(1, cuts[i % cuts.length] ?? 1);
    out += reader.push(text.slice(at, at + size));
    at += size;
  }
  out += reader.end();
  return { text: out, calls: reader.calls };
};

const call = (name: string, args: object): WrittenCall => ({ name, arguments: JSON.stringify(args) });

describe('tool calls in the text of a model', () => {
  it.each<[string, string, string, WrittenCall[]]>([
    [
      'one call',
      'Let me see.\n<tool_call>{"name":"look","arguments":{"at":1}}</tool_call>',
      'Let me see.\n',
      [call('look', { at: 1 })],
    ],
    ['no arguments', '<tool_call>{"name":"now"}</tool_call>', '', [call('now', {})]],
    [
      'several, with text between and behind',
      '<tool_call>{"name":"a","arguments":{}}</tool_call>\n<tool_call>\n{"name":"b","arguments":{}}\n</tool_call>\nand then',
      'and then',
      [call('a', {}), call('b', {})],
    ],
    [
      'a code block around it',
      'Here:\n```json\n<tool_call>{"name":"a"}</tool_call>\n```\nDone.',
      'Here:\nDone.',
      [call('a', {})],
    ],
    ['a code block inside of it', '<tool_call>\n```json\n{"name":"a"}\n```\n</tool_call>', '', [call('a', {})]],
    [
      'a code block around two',
      '```\n<tool_call>{"name":"a"}</tool_call>\n<tool_call>{"name":"b"}</tool_call>\n```',
      '',
      [call('a', {}), call('b', {})],
    ],
    [
      'tags and braces in quotes',
      '<tool_call>{"name":"write","arguments":{"text":"</tool_call> } \\" { <tool_call>{\\\\"}}</tool_call> ok',
      'ok',
      [call('write', { text: '</tool_call> } " { <tool_call>{\\' })],
    ],
    ['no closing tag', '<tool_call>{"name":"a"}', '', [call('a', {})]],
    ['a brace too many', '<tool_call>{"name":"a","arguments":{}}}</tool_call>', '', [call('a', {})]],
    ['text right behind', '<tool_call>{"name":"a"}</tool_call>I wait.', 'I wait.', [call('a', {})]],
  ])('are read: %s, however it is split', (_, text, rest, calls) => {
    for (const size of [1, 2, 3, 7, 1000]) expect(read(text, [size])).toEqual({ text: rest, calls });
  });

  it.each<[string, string, string]>([
    ['broken JSON', '<tool_call>{"name": look}</tool_call> x', '{"name": look}'],
    [
      'an open quote',
      '<tool_call>{"name":"a","arguments":{"x":"y}}</tool_call> x',
      '{"name":"a","arguments":{"x":"y}}',
    ],
    ['no name', '<tool_call>{"tool":"a"}</tool_call> x', '{"tool":"a"}'],
    [
      'arguments that are no object',
      '<tool_call>{"name":"a","arguments":[1]}</tool_call> x',
      '{"name":"a","arguments":[1]}',
    ],
  ])('are kept as they were written when they cannot be read: %s', (_, text, body) => {
    for (const size of [1, 5, 1000]) {
      expect(read(text, [size])).toEqual({ text: 'x', calls: [{ name: UNREADABLE, arguments: body }] });
    }
  });

  it('are unreadable when the model was cut off in the middle', () => {
    expect(read('Wait <tool_call>{"name":"a","argu', [3])).toEqual({
      text: 'Wait ',
      calls: [{ name: UNREADABLE, arguments: '{"name":"a","argu' }],
    });
  });

  it.each([
    'You write <tool_call> and then JSON.',
    'Ends with <tool_call>',
    'a < b, <tool_caller>{}</tool_caller>, <tool',
    'Some code:\n```ts\nconst a = { b: `c` };\n```\nand `more`',
    '```',
    '``',
  ])('are not seen in prose: %j', (text) => {
    for (const size of [1, 2, 1000]) expect(read(text, [size])).toEqual({ text, calls: [] });
  });

  it('hold nothing back but what may be one', () => {
    const reader = new ToolCallReader();
    expect(reader.push('Hello <b>there</b>, a < b and <to')).toBe('Hello <b>there</b>, a < b and ');
    expect(reader.push('day>')).toBe('<today>');
    expect(reader.push('code:\n```ts\nlet')).toBe('code:\n```ts\nlet');
    expect(reader.push(' a = `x`')).toBe(' a = `x`');
  });

  it('stop holding back what is too long for any', () => {
    const reader = new ToolCallReader();
    reader.push(`<tool_call>{"name":"${'x'.repeat(300_000)}`);
    expect(reader.calls).toHaveLength(1);
    expect(reader.push('on it goes')).toBe('on it goes');
  });

  describe('whatever a model writes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 });
    const name = fc.stringMatching(/^[a-z_]{1,12}$/);
    const written = fc.record({ name, arguments: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })) });
    const prose = fc.stringMatching(/^[A-Za-z .,!"{}<>/\n]{1,40}$/).filter((text) => !text.includes('<tool_call>'));
    const debris = fc.constantFrom(
      '<tool_call>',
      '</tool_call>',
      '<tool_',
      '{',
      '}',
      '"',
      '\\',
      '```',
      '```json\n',
      '\n',
      ' ',
      'x',
      '{"name":"a"}',
      '`',
    );

    it('is read the same however it is split, and never breaks', () => {
      fc.assert(
        fc.property(fc.array(fc.oneof(debris, prose), { maxLength: 14 }), sizes, (parts, cuts) => {
          const text = parts.join('');
          expect(read(text, cuts)).toEqual(read(text));
        }),
        { numRuns: 3_000 },
      );
    });

    it('gives back every call that was written by the rules', () => {
      fc.assert(
        fc.property(
          fc.array(written, { minLength: 1, maxLength: 4 }),
          fc.option(prose),
          sizes,
          (calls, before, cuts) => {
            const wanted = calls.map((one) => ({ name: one.name, arguments: JSON.stringify(one.arguments) }));
            const text = [`${before ?? ''}\n`, ...wanted.map(writeCall)].join('\n');
            expect(read(text, cuts).calls).toEqual(wanted);
          },
        ),
        { numRuns: 500 },
      );
    });

    it('passes at once when nothing in it can begin a call', () => {
      fc.assert(
        fc.property(
          fc.string().filter((text) => !/[<`]/.test(text)),
          (text) => {
            expect(new ToolCallReader().push(text)).toBe(text);
          },
        ),
      );
    });
  });
});
