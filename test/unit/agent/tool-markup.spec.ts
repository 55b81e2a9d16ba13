import type { ConfigService } from '../../../src/platform/config/config.service';
import { LeakGuard } from '../../../src/platform/leak-guard/leak-guard';
import { LeakGuardConfig } from '../../../src/platform/leak-guard/leak-guard.config';
import { ReplyFilter } from '../../../src/agent/reply-filter';
import { ToolMarkupFilter } from '../../../src/agent/tool-markup';

const guard = new LeakGuard({
  get: () => new LeakGuardConfig(),
  secretValues: () => new Set<string>(),
} as unknown as ConfigService);

const filter = (text: string, size: number) => {
  const markup = new ToolMarkupFilter();
  let out = '';
  for (let at = 0; at < text.length; at += size) out += markup.push(text.slice(at, at + size));
  return out + markup.end();
};

describe('tool calls that a model writes as text', () => {
  it.each([
    ['a JSON call', 'A <tool_call>{"name":"x","arguments":{}}</tool_call>B', 'A B'],
    [
      'nested elements',
      '<function_calls>\n<invoke name="x"><parameter name="a">1</parameter></invoke>\n</function_calls>Done',
      'Done',
    ],
    ['one with attributes', 'x<invoke name="shell">{"a":1}</invoke>y', 'xy'],
    ['several', '<tool>{}</tool>1<toolcall>[]</toolcall>2<tool-call>{}</tool-call>', '12'],
    ['one that was cut off', 'Before <tool_call>{"name":', 'Before '],
    [
      'prose about a tag',
      'Use the <tool> tag, or <tool_call> for short.',
      'Use the <tool> tag, or <tool_call> for short.',
    ],
    [
      'other markup',
      'if (a < b) { <b>bold</b> } <toolbox>{}</toolbox> <',
      'if (a < b) { <b>bold</b> } <toolbox>{}</toolbox> <',
    ],
  ])('%s, however it is split', (_, text, expected) => {
    for (const size of [1, 2, 5, 1000]) expect(filter(text, size)).toBe(expected);
  });

  it('passes text before a started tag at once', () => {
    const markup = new ToolMarkupFilter();
    expect(markup.push('Hello <to')).toBe('Hello ');
    expect(markup.push('day>')).toBe('<today>');
  });

  it('explains an answer of which nothing is left', () => {
    const reply = new ReplyFilter(guard, false);
    reply.push('<tool_call>{"name":"x"}</tool_call>');
    expect(reply.end(true)).toMatch(/malformed tool call/);
  });

  it('explains nothing when the model said nothing, or goes on to call tools', () => {
    expect(new ReplyFilter(guard, false).end(true)).toBe('');
    const reply = new ReplyFilter(guard, false);
    reply.push('<tool_call>{}</tool_call>');
    expect(reply.end(false)).toBe('');
  });
});
