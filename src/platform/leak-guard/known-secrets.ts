const MARK = '[REDACTED_SECRET]';
/** Shorter ones would turn up in ordinary words. */
const SHORTEST = 8;
/** Every character that `openLeakAt` takes for a part of a word: text that ends within such a secret is held back as an unfinished word anyway. */
const ONE_WORD = /^[\w+/=.:@%~$!*&?#-]+$/;

/** The secrets of this gateway's own configuration, as they would stand in a text. Never changes; made once per state of the configuration. */
export class KnownSecrets {
  private static readonly made = new WeakMap<ReadonlySet<string>, KnownSecrets>();

  private readonly spellings: readonly string[];
  /** Those that a stream can break off in without breaking off in a word. */
  private readonly broken: readonly string[];
  private readonly shortest: number;

  private constructor(values: Iterable<string>) {
    const all = [...values].filter((value) => value.length >= SHORTEST).flatMap(spellings);
    // The longest first, so that no secret is cut by another one that it contains.
    this.spellings = [...new Set(all)].sort((a, b) => b.length - a.length);
    this.broken = this.spellings.filter((spelling) => !ONE_WORD.test(spelling));
    this.shortest = this.spellings.at(-1)?.length ?? Infinity;
  }

  static of(values: ReadonlySet<string>): KnownSecrets {
    let known = this.made.get(values);
    if (!known) this.made.set(values, (known = new KnownSecrets(values)));
    return known;
  }

  redact(text: string): string {
    if (text.length < this.shortest) return text;
    let clean = text;
    for (const secret of this.spellings) if (clean.includes(secret)) clean = clean.replaceAll(secret, MARK);
    return clean;
  }

  /** Index from which the end of `text` may be the beginning of a secret; `text.length` when it is none. */
  openAt(text: string): number {
    let open = text.length;
    for (const secret of this.broken) {
      const first = secret.charAt(0);
      const from = Math.max(0, text.length - secret.length + 1);
      for (let at = text.indexOf(first, from); at !== -1 && at < open; at = text.indexOf(first, at + 1)) {
        if (secret.startsWith(text.slice(at))) open = at;
      }
    }
    return open;
  }
}

/** As it is, inside of JSON, and inside of a URL. */
function spellings(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}
