import type { ConfigProblem } from './config-problem';
import { ConfigError, lineOf } from './config-problem';
import type { ConfigReader } from './config-reader';
import type { ConfigTree } from './config-tree';

/** What is to be said about a text, whether or not it can be used. */
export interface Examined {
  /** Undefined when the text is not TOML. */
  tree: ConfigTree | undefined;
  /** Everything that keeps it from being used, in the order of the lines. */
  problems: readonly ConfigProblem[];
  /** As the log says them. */
  warnings: readonly string[];
}

/**
 * Reads a text as this process would, with its environment and flags. A mistake counts also where the environment goes before the key for
 * now; what is missing in the file and comes from the environment is none.
 */
export function examine(reader: ConfigReader, text: string): Examined {
  try {
    const tree = reader.read(text);
    const known = new Set(tree.problems.map(({ key }) => key));
    const hidden = reader
      .readFileOnly(text)
      .problems.filter(({ key, origin }) => !known.has(key) && origin.from === 'file' && origin.position !== undefined);
    return {
      tree,
      problems: [...tree.problems, ...hidden].sort((a, b) => lineOf(a) - lineOf(b)),
      warnings: tree.warnings,
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { tree: undefined, problems: error.problems, warnings: [] };
  }
}
