import type { RawUpstream } from './upstream';
import { startRawUpstream } from './upstream';

/** What the host of a test knows: words of one row mean the same. */
const MEANINGS = [
  ['bike', 'bicycle', 'cycling', 'fahrrad'],
  ['cat', 'kitten', 'feline', 'katze'],
  ['tea', 'brew', 'teapot'],
];
export const DIMENSIONS = MEANINGS.length + 1;

export interface EmbeddingsHost {
  /** The value of `[memory] embedding_provider`. */
  provider: string;
  /** What was asked, one item per call. */
  calls: { model: string; input: string[]; authorization: string | undefined }[];
  /** What the next calls meet; `fine` again ends it. */
  be(mood: Mood): void;
  stop(): Promise<void>;
}

/** `down` answers 503, `silent` never, `picky` 400 for texts that say "poison", `strange` with vectors of another size. */
export type Mood = 'fine' | 'down' | 'silent' | 'picky' | 'strange';

/** A host with an OpenAI-compatible `/embeddings` that knows three things. */
export async function startEmbeddings(): Promise<EmbeddingsHost> {
  let mood: Mood = 'fine';
  const calls: EmbeddingsHost['calls'] = [];
  const upstream: RawUpstream = await startRawUpstream((response, request, body) => {
    const { model, input } = JSON.parse(body) as { model: string; input: string[] };
    calls.push({ model, input, authorization: request.headers.authorization });
    const refuse = (status: number) => {
      const words = { error: { message: `no: ${request.headers.authorization}` } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(words));
    };
    if (mood === 'silent') return;
    if (mood === 'down') return refuse(503);
    if (mood === 'picky' && input.some((text) => text.includes('poison'))) return refuse(400);
    const size = mood === 'strange' ? DIMENSIONS + 2 : DIMENSIONS;
    const data = input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text, size) }));
    const answer = { object: 'list', model, data: data.toReversed() };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  return {
    provider: `custom:${upstream.url}/v1`,
    calls,
    be: (next) => {
      mood = next;
    },
    stop: () => upstream.stop(),
  };
}

export function vectorOf(text: string, size = DIMENSIONS): number[] {
  const words = text.toLowerCase().split(/[^a-z]+/);
  const vector = Array.from<number>({ length: size }).fill(0);
  for (const [axis, meaning] of MEANINGS.entries()) {
    vector[axis] = words.filter((word) => meaning.includes(word)).length;
  }
  vector[size - 1] = 0.2;
  return vector;
}
