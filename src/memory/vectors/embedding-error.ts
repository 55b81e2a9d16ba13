/** Texts could not be turned into vectors. The sentence is for the log and `/health` and holds no secret. */
export class EmbeddingError extends Error {
  constructor(
    message: string,
    readonly status?: number,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'EmbeddingError';
  }

  /** The host takes calls, but not these texts. */
  get isAboutTexts(): boolean {
    return this.status === 400 || this.status === 413 || this.status === 422;
  }
}
