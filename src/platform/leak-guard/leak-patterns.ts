interface LeakPattern {
  pattern: RegExp;
  replacement: string;
  /** Only applied when the sensitivity is above 0.5: these also catch what merely looks like a credential. */
  eager?: boolean;
}

const API_KEY = '[REDACTED_API_KEY]';
const SECRET = '[REDACTED_SECRET]';
const AWS = '[REDACTED_AWS_CREDENTIAL]';

/** Well-known credential formats, in the order in which they are replaced. Group 1, where there is one, is kept. */
const PATTERNS: readonly LeakPattern[] = [
  {
    // A block that was cut before its end line is a key all the same.
    pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|$)/g,
    replacement: '[REDACTED_PRIVATE_KEY]',
  },
  {
    pattern:
      /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?):\/\/[^\s:@/"'<>`]*:[^\s@"'<>`]+@[^\s"'<>`)]+/gi,
    replacement: '[REDACTED_DATABASE_URL]',
  },
  { pattern: /\beyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]{5,}/g, replacement: '[REDACTED_JWT]' },
  { pattern: /\bzcl_live_[0-9a-f]{32,}/g, replacement: API_KEY },
  { pattern: /\bzc_[0-9a-f]{32,}/g, replacement: API_KEY },
  { pattern: /\benc2:[0-9a-f]{56,}/g, replacement: SECRET },
  { pattern: /\bsk-ant-[\w-]{32,}/g, replacement: API_KEY },
  { pattern: /\bsk-[\w-]*T3BlbkFJ[\w-]+/g, replacement: API_KEY },
  { pattern: /\bsk-[\w-]{40,}/g, replacement: API_KEY },
  { pattern: /\b[sprk]k_(?:live|test)_[A-Za-z0-9]{24,}/g, replacement: API_KEY },
  { pattern: /\bwhsec_[A-Za-z0-9+/=]{24,}/g, replacement: API_KEY },
  { pattern: /\bAIza[\w-]{35}/g, replacement: API_KEY },
  { pattern: /\bgh[pousr]_[A-Za-z0-9]{36,}/g, replacement: API_KEY },
  { pattern: /\bgithub_pat_\w{22,}/g, replacement: API_KEY },
  { pattern: /\bxox[abeprs]-[\w-]{10,}/g, replacement: API_KEY },
  { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, replacement: AWS },
  {
    pattern: /(\baws[\w.-]*secret[\w.-]*["']?[ \t]{0,3}[=:][ \t]{0,3}["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/gi,
    replacement: `$1${AWS}`,
  },
  { pattern: /(\bapi[_-]?key["']?[ \t]{0,3}[=:][ \t]{0,3}["']?)[\w.-]{20,}/gi, replacement: `$1${API_KEY}` },
  {
    pattern: /(password["']?[ \t]{0,3}[=:][ \t]{0,3}["']?)(?!\[REDACTED)[^\s"'<>,;)]{8,}/gi,
    replacement: `$1${SECRET}`,
    eager: true,
  },
  {
    pattern: /(secret["']?[ \t]{0,3}[=:][ \t]{0,3}["']?)(?!\[REDACTED)[^\s"'<>,;)]{16,}/gi,
    replacement: `$1${SECRET}`,
    eager: true,
  },
  {
    pattern: /(token["']?[ \t]{0,3}[=:][ \t]{0,3}["']?)(?!\[REDACTED)[^\s"'<>,;)]{20,}/gi,
    replacement: `$1${SECRET}`,
    eager: true,
  },
];

/** In lower case. Text with neither one of these nor a long word cannot hold a credential, so most text is done after one look. */
const HINTS = [
  'passw',
  'passphrase',
  'pwd',
  'secret',
  'token',
  'key',
  'credential',
  'bearer',
  'basic',
  'eyj',
  '://',
  'xox',
];
const LONG_WORD = 20;
const IN_WORD = Uint8Array.from({ length: 128 }, (_, code) => (/[\w+/=-]/.test(String.fromCharCode(code)) ? 1 : 0));

/** A value under a name that says what it is: much less has to speak for it than for a word that stands alone. */
const ASSIGNED =
  /((?:key|credential|passwd|passphrase|pwd)[\w.-]{0,16}["']?[ \t]{0,3}[=:][ \t]{0,3}["']?|\b(?:bearer|basic)[ \t]{1,3})([\w+/=.~-]{16,})/gi;
const RANDOM_WORD = /[A-Za-z0-9_+/=-]{24,}/g;

/** Replaces every credential in `text` by a mark that names its kind. Pure; `text` itself is returned when there is none. */
export function redactLeaks(text: string, sensitivity: number): string {
  if (!isSuspicious(text)) return text;
  const eager = sensitivity > 0.5;
  let result = text;
  for (const { pattern, replacement, eager: onlyEager } of PATTERNS) {
    if (onlyEager !== true || eager) result = result.replace(pattern, replacement);
  }
  if (!eager) return result;
  result = result.replace(ASSIGNED, (whole, name: string, value: string) =>
    looksGenerated(value) ? name + SECRET : whole,
  );
  const threshold = Math.min(4.8, Math.max(3.9, 4.2 + (sensitivity - 0.5) * 0.6));
  return result.replace(RANDOM_WORD, (word) => (looksRandom(word, threshold) ? '[REDACTED_HIGH_ENTROPY_TOKEN]' : word));
}

/** Without regular expressions: every answer passes here. */
function isSuspicious(text: string): boolean {
  let run = 0;
  for (let at = 0; at < text.length; at++) {
    run = IN_WORD[text.charCodeAt(at)] === 1 ? run + 1 : 0;
    if (run === LONG_WORD) return true;
  }
  const lower = text.toLowerCase();
  return HINTS.some((hint) => lower.includes(hint));
}

/** Hexadecimal never has more than four bits per character, so entropy says little here; names and versions change seldom between letters and digits. */
function looksGenerated(value: string): boolean {
  return value
    .split(/[/_.~-]/)
    .some((piece) => piece.length >= 16 && (piece.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0) >= 4);
}

/** Paths and slugs are made of words and numbers; a generated secret has letters and digits mixed in one long piece. */
function looksRandom(word: string, threshold: number): boolean {
  const mixed = word.split(/[/_-]/).some((piece) => piece.length >= 16 && /[A-Za-z]/.test(piece) && /\d/.test(piece));
  return mixed && shannonBits(word) >= threshold;
}

/** Bits per character. */
function shannonBits(word: string): number {
  const counts = new Map<string, number>();
  for (const char of word) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / word.length) * Math.log2(count / word.length);
  return bits;
}
