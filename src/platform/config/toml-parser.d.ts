/** The grammar behind the `toml` package; its nodes carry the offsets that the package's own `parse` leaves out. */
declare module 'toml/lib/parser' {
  export interface AstNode {
    type: string;
    /** Index of the node's first character. */
    offset: number;
    /** Of an assignment. */
    key?: string[];
    /** The path of a header, the parts of an array or inline table, or a plain value. */
    value: unknown;
  }

  export function parse(text: string): AstNode[];
}

/** The second half of the package's `parse`: from the nodes to the values. */
declare module 'toml/lib/compiler' {
  import type { AstNode } from 'toml/lib/parser';

  export function compile(nodes: readonly AstNode[], text: string): Record<string, unknown>;
}
