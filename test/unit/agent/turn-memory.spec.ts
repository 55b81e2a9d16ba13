import { MemoryService } from '../../../src/memory/memory.service';
import type { AgentUnderTest } from '../../support/agent';
import { says, startAgent } from '../../support/agent';
import { until } from '../../support/until';

describe('the memory in a turn', () => {
  let current: AgentUnderTest;
  let memory: MemoryService;
  const start = async (toml = '') => {
    current = await startAgent({ toml });
    memory = current.get(MemoryService);
    return current;
  };
  afterEach(() => current.stop());

  const asked = (index: number) => String(current.model.requests[index]?.messages.at(-1)?.content);
  const saved = async (owner: string) =>
    (await memory.list({ owner }, { category: 'conversation' })).entries.map(({ content }) => content);

  it('goes before the message and is never kept', async () => {
    const { model, run, sessions } = await start();
    await memory.remember({ owner: 'tester' }, { key: 'colour', content: 'The favourite colour of Ada is green.' });
    model.script(says('Green.'));
    await run({ text: 'What is the favourite colour of Ada?', sessionId: 's' });
    expect(asked(0)).toBe(
      '[Memory context]\n- colour: The favourite colour of Ada is green.\n\nWhat is the favourite colour of Ada?',
    );
    const kept = await sessions.latest({ owner: 'tester', id: 's' }, 5);
    expect(kept[0]?.message).toEqual({ role: 'user', content: 'What is the favourite colour of Ada?' });
  });

  it('stays before the message in every round of the turn', async () => {
    const { model, run } = await start();
    await memory.remember({ owner: 'tester' }, { key: 'colour', content: 'The favourite colour of Ada is green.' });
    model.script(
      [
        { type: 'tool_call', index: 0, id: 'a', name: 'current_time', arguments: '{}' },
        { type: 'finish', reason: 'tool_calls' },
      ],
      says('Green.'),
    );
    await run({ text: 'What is the favourite colour of Ada?' });
    expect(model.requests[1]?.messages[1]?.content).toMatch(/^\[Memory context\]/);
  });

  it('keeps a message when its turn is over, so that none recalls itself', async () => {
    const { model, run } = await start();
    const text = 'The secret ingredient of the soup is nutmeg';
    model.script(says('Noted.'), says('Nutmeg.'));
    await run({ text });
    expect(asked(0)).toBe(text);
    await until(async () => (await saved('tester')).length === 1);
    await run({ text: 'the secret ingredient of the soup', owner: 'tester' });
    expect(asked(1)).toContain(`: ${text}\n\n`);
  });

  it('is asked for nothing and keeps nothing of a turn that fails or of results of tools', async () => {
    const { model, run } = await start();
    model.script(async function* () {
      yield* [];
      throw new Error('broken');
    }, says('ok'));
    await run({ text: 'a message that failed' });
    await run({ text: 'a message that worked' });
    await until(async () => (await saved('tester')).length > 0);
    expect(await saved('tester')).toEqual(['a message that worked']);
  });

  it('keeps nothing of a chat completion without a session: its client brings the conversation along', async () => {
    const { model, run } = await start();
    model.script(says('a'), says('b'));
    await run({ door: 'openai', text: 'without a session' });
    await run({ door: 'openai', text: 'within a session', sessionId: 's' });
    await until(async () => (await saved('tester')).length > 0);
    expect(await saved('tester')).toEqual(['within a session']);
  });

  it('is not asked for a single call of the model', async () => {
    const { model, run } = await start();
    await memory.remember({ owner: 'tester' }, { key: 'colour', content: 'The favourite colour of Ada is green.' });
    model.script(says('Green.'));
    await run({ text: 'What is the favourite colour of Ada?', mode: 'none', door: 'webhook' });
    expect(asked(0)).toBe('What is the favourite colour of Ada?');
  });

  it('tells nobody what another person has said', async () => {
    const { model, run } = await start();
    model.script(says('a'), says('b'));
    await run({ text: 'The secret ingredient of the soup is nutmeg', owner: 'anna', sessionId: 's' });
    await until(async () => (await saved('anna')).length === 1);
    await run({ text: 'What is the secret ingredient of the soup?', owner: 'bob', sessionId: 's' });
    expect(asked(1)).toBe('What is the secret ingredient of the soup?');
  });

  it('cannot fail a turn', async () => {
    const { model, run } = await start();
    await memory.remember({ owner: 'tester' }, { key: 'colour', content: 'The favourite colour of Ada is green.' });
    jest.spyOn(memory, 'recall').mockRejectedValue(new Error('the index is broken'));
    jest.spyOn(memory, 'remember').mockRejectedValue(new Error('the disk is full'));
    model.script(says('Green.'));
    expect((await run({ text: 'favourite colour?' })).at(-1)).toMatchObject({ type: 'done', text: 'Green.' });
  });
});
