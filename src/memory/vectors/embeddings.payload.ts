import { EmbeddingError } from './embedding-error';

/** The vectors of an answer in the order of the texts, each brought to length 1. Throws EmbeddingError for anything else. */
export function parseEmbeddings(text: string, count: number, dimensions: number): Float32Array[] {
  const data = list(parseJson(text));
  const vectors = new Map<number, Float32Array>();
  for (const [position, item] of data.entries()) {
    const { index = position, embedding } = item as { index?: unknown; embedding?: unknown };
    if (typeof index === 'number') vectors.set(index, unitVector(embedding, dimensions));
  }
  return Array.from({ length: count }, (_, index) => {
    const vector = vectors.get(index);
    if (!vector) throw new EmbeddingError('the answer lacks a vector');
    return vector;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EmbeddingError('the answer is not JSON', undefined, error);
  }
}

function list(answer: unknown): object[] {
  const data = (answer as { data?: unknown } | null)?.data;
  if (!Array.isArray(data) || data.some((item) => typeof item !== 'object' || item === null)) {
    throw new EmbeddingError('the answer has no list of vectors');
  }
  return data as object[];
}

function unitVector(embedding: unknown, dimensions: number): Float32Array {
  if (!Array.isArray(embedding) || embedding.length !== dimensions) {
    const found = Array.isArray(embedding) ? embedding.length : 'no';
    throw new EmbeddingError(
      `its vectors have ${found} numbers and not ${dimensions}: set [memory] embedding_dimensions to what the model gives`,
    );
  }
  const vector = Float32Array.from(embedding as number[]);
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0) throw new EmbeddingError('a vector of the answer has no length');
  return vector.map((value) => value / length);
}
