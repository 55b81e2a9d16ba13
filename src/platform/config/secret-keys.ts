import { redactSecrets } from '../logging/redact';
import { MASK } from './config-text';
import type { SectionClass } from './section';
import { sectionKeys, sectionMeta } from './section';
import type { Step } from './toml-parts';
import { parsePath } from './toml-path';

/** Names of keys of other programs' tables that hold something secret. */
const SECRET_NAME =
  /(^|[_-])(tokens?|secrets?|passwords?|passwd|passphrase|pass|api[_-]?keys?|(private|access|encrypt|encryption|signing|secret)[_-]?key|credentials?|authorization|cookie|db_url|https?_proxy|all_proxy)$/i;
const LIMIT_OF_TOKENS = /(max|min|chunk|limit|budget|num|total|reserved?)_?\w*tokens?$/i;
/** Whatever stands below them goes to another program as it is. */
const SECRET_TABLE = /^(env|headers)$/i;
// Bounded, so that no text of a megabyte keeps the process busy.
const URL_WITH_PASSWORD = /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@:]{0,200}:[^\s/@]{1,500}@/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/;
/** What stands before the `=` of a key that is commented out. */
const COMMENTED_KEY = /^#[#\s]{0,20}[\w.\-"']{1,200}\s{0,40}$/;

/**
 * Which values of config.toml are never shown: keys that a section marks as `secret`, keys that no section knows and whose name says so, and
 * every value that looks like a credential.
 */
export class SecretKeys {
  private readonly names: ReadonlySet<string>;

  private readonly places: readonly { section: SectionClass; prefix: readonly string[] }[];

  constructor(sections: readonly SectionClass[]) {
    this.names = new Set(sections.flatMap((section) => secretNames(section)));
    this.places = sections.map((section) => {
      const { path } = sectionMeta(section);
      return { section, prefix: path ? parsePath(path) : [] };
    });
  }

  isSecret(path: readonly Step[], text: string | undefined): boolean {
    if (text === '') return false;
    const declared = this.declared(path);
    if (declared === 'secret') return true;
    if (declared === 'unknown' && hasSecretName(path, text)) return true;
    return text !== undefined && looksSecret(text);
  }

  /** A comment without the value of a secret that was commented out. */
  maskedComment(comment: string): string {
    const equals = comment.indexOf('=');
    const key = comment.slice(0, Math.max(0, equals));
    const value = comment.slice(equals + 1).trim();
    const isEmpty = /^(""|''|\[\s{0,9}\]|\{\s{0,9}\})(\s|$)/.test(value) || value === '';
    if (!isEmpty && COMMENTED_KEY.test(key)) {
      const name =
        key
          .split('.')
          .at(-1)
          ?.replaceAll(/[#\s"']/g, '') ?? '';
      if (this.names.has(name) || hasSecretName([name], value)) return `${key}= "${MASK}"`;
    }
    return looksSecret(comment) ? `# ${MASK}` : comment;
  }

  private declared(path: readonly Step[]): Declared {
    const found = this.places.map(({ section, prefix }) => {
      const isInside = prefix.every((segment, index) => path[index] === segment);
      return isInside ? declaredIn(section, path.slice(prefix.length)) : 'unknown';
    });
    if (found.includes('secret')) return 'secret';
    return found.includes('plain') ? 'plain' : 'unknown';
  }
}

type Declared = 'secret' | 'plain' | 'unknown';

function declaredIn(section: SectionClass, [name, ...rest]: readonly Step[]): Declared {
  for (const [key, options] of sectionKeys(section)) {
    if (key !== name && !options.aliases?.includes(String(name))) continue;
    if (options.secret) return 'secret';
    if (!options.table || rest.length === 0) return 'plain';
    // The index of a list, or the name of an entry.
    const inside = options.kind === 'array' || options.kind === 'map' ? rest.slice(1) : rest;
    return inside.length === 0 ? 'plain' : declaredIn(options.table, inside);
  }
  return 'unknown';
}

function secretNames(section: SectionClass): string[] {
  return [...sectionKeys(section)].flatMap(([key, { secret, table }]) => {
    if (secret) return [key];
    return table ? secretNames(table) : [];
  });
}

function hasSecretName(path: readonly Step[], text: string | undefined): boolean {
  const names = path.filter((step) => typeof step === 'string');
  const last = names.at(-1) ?? '';
  if (text === 'true' || text === 'false' || LIMIT_OF_TOKENS.test(last)) return false;
  return names.some((name, index) => SECRET_NAME.test(name) || (SECRET_TABLE.test(name) && index < names.length - 1));
}

function looksSecret(text: string): boolean {
  return URL_WITH_PASSWORD.test(text) || PRIVATE_KEY.test(text) || redactSecrets(text) !== text;
}
