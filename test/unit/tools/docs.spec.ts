import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import type { Type } from '@nestjs/common';
import type { Tool } from '../../../src/tools/tool';
import { calls, says, startAgent } from '../../support/agent';

const ROOT = join(__dirname, '..', '..', '..');

describe('the page about tools', () => {
  const page = readFileSync(join(ROOT, 'docs', 'tools.md'), 'utf8');

  it('shows a tool that works as it stands', async () => {
    const [, source = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
    const { code } = transformSync(source, {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2024',
      },
      module: { type: 'commonjs' },
    });
    const exported: { DiceTool?: Type<Tool> } = {};
    const load = (name: string): unknown =>
      jest.requireActual(name.startsWith('./') ? join(ROOT, 'src', 'tools', name) : name);
    new Function('require', 'exports', code)(load, exported);
    const agent = await startAgent({ tools: exported.DiceTool ? [exported.DiceTool] : [] });
    try {
      agent.model.script(calls(['dice', { count: 3, sides: 2 }]), calls(['dice', { count: 101 }]), says('ok'));
      const outputs = (await agent.run({})).flatMap((event) => (event.type === 'tool_result' ? [event.output] : []));
      expect(outputs).toEqual([
        expect.stringMatching(/^[12] [12] [12]$/),
        expect.stringMatching(/arguments are wrong/),
      ]);
    } finally {
      await agent.stop();
    }
  });
});
