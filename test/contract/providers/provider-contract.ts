import type { ModelTarget, ModelsService } from '../../../src/providers/models.service';
import type { ChatMessage, ChatRequest, ToolDefinition } from '../../../src/providers/provider';
import { listen, patient } from '../../support/models';

export interface ProviderUnderContract {
  models: ModelsService;
  stop(): Promise<void>;
}

/** What every provider's host is prepared to answer. */
export const CONTRACT = {
  /** Contains `banana`. */
  question: 'please say banana',
  /** Makes the model call `weather` with `{"city":"Oslo"}`. */
  toolQuestion: '/tool weather {"city":"Oslo"}',
  /** The result of that call; the model's answer repeats it. */
  toolResult: 'minus four degrees',
};

const weather: ToolDefinition = {
  name: 'weather',
  description: 'Tells the weather of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

/** What the rest of the gateway relies on, for every kind of provider. */
export function providerContract(name: string, start: () => Promise<ProviderUnderContract>): void {
  describe(`${name} as a ModelProvider`, () => {
    let under: ProviderUnderContract;
    let target: ModelTarget;
    const ask = (messages: ChatMessage[], more: Partial<ChatRequest> = {}, signal = patient()) =>
      target.provider.chat({ model: target.model, messages, ...more }, signal);

    beforeAll(async () => {
      under = await start();
      target = under.models.default;
    });
    afterAll(() => under.stop());

    it('streams its words in more than one piece', async () => {
      const { text, events } = await listen(ask([{ role: 'user', content: CONTRACT.question }]));
      expect(text).toContain('banana');
      expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(1);
    });

    it('counts tokens just before its one finish, which comes last', async () => {
      const { events, usage } = await listen(ask([{ role: 'user', content: CONTRACT.question }]));
      expect(events.slice(-2)).toEqual([
        {
          type: 'usage',
          usage: expect.objectContaining({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) }),
        },
        { type: 'finish', reason: 'stop' },
      ]);
      expect(usage?.outputTokens).toBeGreaterThan(0);
      expect(events.filter(({ type }) => type === 'finish')).toHaveLength(1);
    });

    it('says the same to a caller that wants it whole', async () => {
      const said = await listen(ask([{ role: 'user', content: CONTRACT.question }], { whole: true }));
      expect(said).toMatchObject({ text: expect.stringContaining('banana'), finish: 'stop' });
      expect(said.usage?.outputTokens).toBeGreaterThan(0);
    });

    it('calls an offered tool: id and name first, valid JSON in the end', async () => {
      const said = await listen(ask([{ role: 'user', content: CONTRACT.toolQuestion }], { tools: [weather] }));
      expect(said.finish).toBe('tool_calls');
      expect(said.toolCalls).toHaveLength(1);
      const [call] = said.toolCalls;
      expect(call).toMatchObject({ id: expect.stringMatching(/./), name: 'weather' });
      expect(JSON.parse(call?.arguments ?? '')).toEqual({ city: 'Oslo' });
    });

    it('goes on with the result of a tool', async () => {
      const said = await listen(
        ask(
          [
            { role: 'user', content: CONTRACT.toolQuestion },
            {
              role: 'assistant',
              content: null,
              toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' }],
            },
            { role: 'tool', toolCallId: 'call_1', content: CONTRACT.toolResult },
          ],
          { tools: [weather] },
        ),
      );
      expect(said.text).toContain(CONTRACT.toolResult);
      expect(said.finish).toBe('stop');
    });

    it('throws the reason of a signal that is aborted before or during the answer', async () => {
      const reason = new Error('the caller left');
      await expect(
        listen(ask([{ role: 'user', content: CONTRACT.question }], {}, AbortSignal.abort(reason))),
      ).rejects.toBe(reason);

      const controller = new AbortController();
      const answer = ask([{ role: 'user', content: CONTRACT.question }], {}, controller.signal);
      await answer.next();
      controller.abort(reason);
      await expect(listen(answer)).rejects.toBe(reason);
    });

    it('can be left in the middle of an answer and asked again', async () => {
      for await (const event of ask([{ role: 'user', content: CONTRACT.question }])) if (event.type === 'text') break;
      const { text } = await listen(ask([{ role: 'user', content: CONTRACT.question }]));
      expect(text).toContain('banana');
    });
  });
}
