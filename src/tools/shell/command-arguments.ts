import { readSubcommand } from './command-risk';

type Rule = (args: readonly string[]) => string | undefined;

/** Part of the shell itself: they would change what the following words mean, or run others unseen. */
const SHELL_WORDS = new Set(
  (
    '. source eval exec command builtin trap export readonly unset set shift alias unalias hash umask ulimit cd pushd popd read wait ' +
    'local declare typeset let enable jobs fg bg tee'
  ).split(' '),
);

const FIND_RUNS = /^-(?:exec|execdir|ok|okdir|delete|fprint0?|fprintf|fls|files0-from|follow|L|H)$/;
/** They run programs, write files, or read what the path policy does not see. git takes every clear beginning of an option for the whole. */
const GIT_REFUSED = (
  '--config-env --exec-path --git-dir --work-tree --namespace --super-prefix --upload-pack --receive-pack --exec --ext-diff --textconv ' +
  '--open-files-in-pager --output --output-directory --paginate --no-index --untracked --template --extcmd --tool'
).split(' ');
const GIT_CONFIG_READS = new Set([
  '--get',
  '--get-all',
  '--get-regexp',
  '--get-urlmatch',
  '--list',
  '-l',
  'get',
  'list',
]);

const RULES: Readonly<Record<string, Rule>> = {
  find: (args) => firstMatch(args, (word) => FIND_RUNS.test(word), 'find'),
  grep: (args) =>
    args.some((word) => /^(?:-[a-zA-Z0-9]*[rRd]|--[rd])/.test(word))
      ? 'grep may not go through folders; use content_search, which knows the files that are off limits'
      : undefined,
  diff: (args) => firstMatch(args, (word) => /^(?:-[a-zA-Z0-9]*r|--r)/.test(word), 'diff'),
  uniq: (args) =>
    args.filter((word) => !/^(?:-|\d+$)/.test(word)).length > 1 ? 'uniq may not write to a second file' : undefined,
  git: gitRule,
  date: (args) => firstMatch(args, (word) => /^(?:-[uR]*s|--s)/.test(word), 'date'),
  sort: (args) => firstMatch(args, (word) => /^(?:-[a-zA-Z0-9]*[oT]|--(?:o|c|t|f))/.test(word), 'sort'),
};

/** Why these words must not be run, whoever approves; undefined when only the risk and the paths are left to be judged. */
export function refusedArguments(words: readonly string[]): string | undefined {
  const [program = '', ...args] = words;
  if (/^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(program)) return 'variables before a command are not allowed';
  if (SHELL_WORDS.has(program)) return `"${program}" is not allowed; every command starts in the workspace by itself`;
  const name = program.slice(program.lastIndexOf('/') + 1);
  return RULES[name]?.(args);
}

function gitRule(args: readonly string[]): string | undefined {
  const refused = firstMatch(args, (word) => word.startsWith('-c') || isGitRefused(word), 'git');
  if (refused !== undefined) return refused;
  const { subcommand, rest } = readSubcommand(args);
  if (subcommand.startsWith('-') && subcommand !== '--version') return `git may not be called with ${subcommand} here`;
  if (
    subcommand === 'config' &&
    !GIT_CONFIG_READS.has(rest.find((word) => !/^--(?:local|global|system)$/.test(word)) ?? '')
  ) {
    return 'git config may only read: use git config --get <name> or --list';
  }
  if (subcommand === 'config' && rest.some((word) => word.includes('alias')))
    return 'git config may not be asked for aliases';
  // Opens a program of the caller's choice.
  if (subcommand === 'grep' && rest.some((word) => /^-[a-zA-Z0-9]*O/.test(word)))
    return 'git grep may not open a pager';
  if (subcommand === 'help' && rest.length > 0) return 'git help opens a manual page; ask without it';
  return undefined;
}

function isGitRefused(word: string): boolean {
  const [name = ''] = word.split('=');
  return name.length > 2 && GIT_REFUSED.some((refused) => refused.startsWith(name));
}

function firstMatch(
  args: readonly string[],
  isRefused: (word: string) => boolean,
  program: string,
): string | undefined {
  const word = args.find(isRefused);
  return word === undefined ? undefined : `${program} may not be called with ${word}`;
}
