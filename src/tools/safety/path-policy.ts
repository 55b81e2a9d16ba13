import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { isSensitiveName } from './sensitive-files';

export type PathIntent = 'read' | 'write';

/** Where tools may go. All paths are absolute and without symbolic links. */
export interface PathRules {
  workspace: string;
  allowedRoots: readonly string[];
  /** Also holds the gateway's own files. */
  forbidden: readonly string[];
  workspaceOnly: boolean;
  allowSensitive: Readonly<Record<PathIntent, boolean>>;
}

/** The absolute path that was meant, or a sentence for the model. */
export type PathVerdict = { path: string; refused?: never } | { refused: string; path?: never };

const MAX_LENGTH = 4096;
const OUTSIDE = 'is outside of the workspace: use a path relative to it';

/**
 * Judges a path as it is written, without looking at the disk. What passes still has to be judged by `judgePlace` once its symbolic
 * links are resolved.
 */
export function judgePath(text: string, intent: PathIntent, rules: PathRules): PathVerdict {
  const refuse = (reason: string) => ({ refused: `the path ${show(text)} ${reason}` });
  if (text === '') return { refused: 'the path is empty' };
  if (text.length > MAX_LENGTH) return refuse(`is longer than ${MAX_LENGTH} characters`);
  if (text.includes('\0')) return refuse('holds a NUL character');
  if (text.startsWith('~'))
    return refuse('begins with ~, which stands for no folder here: use a path relative to the workspace');
  if (components(decoded(text)).includes('..'))
    return refuse('leads upwards with "..": use a path relative to the workspace');
  const path = trimSlash(isAbsolute(text) ? normalize(text) : join(rules.workspace, text));
  const refused = judgePlace(path, intent, rules);
  return refused === undefined ? { path } : refuse(refused);
}

/** Why a tool may not go to this absolute path; undefined when it may. */
export function judgePlace(path: string, intent: PathIntent, rules: PathRules): string | undefined {
  const open = deepest(path, [rules.workspace, ...rules.allowedRoots]);
  const closed = deepest(path, rules.forbidden);
  // The gateway's own files and a forbidden folder inside of the workspace stay closed; a workspace below a forbidden folder is open.
  if (closed >= open && closed >= 0) return open >= 0 || !rules.workspaceOnly ? 'is in a forbidden folder' : OUTSIDE;
  if (open < 0 && rules.workspaceOnly) return OUTSIDE;
  const names = components(open < 0 ? path : path.slice(open));
  if (!rules.allowSensitive[intent] && names.some(isSensitiveName)) {
    return `names a file that usually holds secrets; only the operator can allow that, with [autonomy] allow_sensitive_file_${intent}s`;
  }
  // Its configuration and hooks run programs.
  if (intent === 'write' && names.some((name) => name.toLowerCase() === '.git'))
    return 'is inside of .git, which only git writes to';
  return undefined;
}

/** The path as tools show it: relative to the workspace where it is inside. */
export function shownPath(path: string, workspace: string): string {
  return contains(workspace, path) ? relative(workspace, path) || '.' : path;
}

/** The length of the longest of `folders` that is or contains `path`; -1 when none does. */
function deepest(path: string, folders: readonly string[]): number {
  return folders.reduce((length, folder) => (contains(folder, path) ? Math.max(length, folder.length) : length), -1);
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function components(path: string): string[] {
  return path.split(/[/\\]/);
}

/** Percent signs are plain characters to the disk, but not to everything that a path may reach later. */
function decoded(text: string): string {
  let now = text;
  for (let before = ''; before !== now;) {
    before = now;
    now = now.replace(/%(2e|2f|5c|25)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return now;
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path;
}

function show(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
