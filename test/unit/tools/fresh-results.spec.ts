import { calls, says, startAgent } from '../../support/agent';

describe('a tool that acted within a turn', () => {
  it('lets the same question be asked anew, and is itself not run twice for the same call', async () => {
    const agent = await startAgent({ toml: '[autonomy]\nlevel = "full"\nnon_cli_excluded_tools = []\n' });
    try {
      const read: [string, unknown] = ['file_read', { path: 'a.txt' }];
      const write = (content: string): [string, unknown] => ['file_write', { path: 'a.txt', content }];
      agent.model.script(
        calls(write('one')),
        calls(read),
        calls(write('two')),
        calls(read),
        calls(write('two')),
        says('ok'),
      );
      const events = await agent.run({});
      const outputs = events.flatMap((event) => (event.type === 'tool_result' ? [event.output] : []));
      expect(outputs).toEqual([
        'Made a.txt (3 bytes).',
        '1: one',
        'Replaced a.txt (3 bytes).',
        '1: two',
        'Replaced a.txt (3 bytes).',
      ]);
      expect(agent.announced('tool.called')).toHaveLength(4);
    } finally {
      await agent.stop();
    }
  });
});
