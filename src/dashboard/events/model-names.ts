const MOST = 1_000;

/** Takes `provider/model` apart. Both halves may have slashes, so it goes by the calls that were made. */
export class ModelNames {
  private readonly known = new Map<string, { provider: string; model: string }>();
  private last: { provider: string; model: string } | undefined;

  learn(provider: string, model: string): void {
    // Most calls are to the model of the call before.
    if (this.last?.model === model && this.last.provider === provider) return;
    this.last = { provider, model };
    const name = `${provider}/${model}`;
    if (this.known.has(name)) return;
    if (this.known.size >= MOST) this.known.clear();
    this.known.set(name, { provider, model });
  }

  /** Undefined for none, and for one that was not called lately. */
  split(name: string | undefined): { provider: string; model: string } | undefined {
    return name === undefined ? undefined : this.known.get(name);
  }
}
