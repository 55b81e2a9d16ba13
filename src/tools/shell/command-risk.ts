import type { ToolRisk } from '../tool';

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** They destroy, disclose, reach out, or run programs that this policy then cannot see. */
const HIGH = names(`
  rm rmdir shred truncate dd mkfs fdisk parted shutdown reboot halt poweroff init systemctl service kill pkill killall crontab at
  sudo su doas chown chmod chgrp chattr setfacl useradd userdel usermod groupadd passwd mount umount iptables nft ufw firewall-cmd
  curl wget nc ncat netcat socat scp sftp rsync ssh ftp telnet
  sh bash zsh dash ksh fish csh busybox env xargs parallel nohup timeout nice setsid stdbuf script watch strace gdb
  python python2 python3 perl ruby node deno bun php lua awk gawk mawk sed ed ex vi vim nano emacs less more man
  docker podman kubectl npx pnpx bunx tar zip unzip make
`);
/** They only look, whatever their arguments are; what they must not look at is up to the path policy. */
const LOOKS = names(`
  ls cat grep find echo pwd wc head tail date sort uniq cut tr nl tac rev fold column paste comm join diff cmp stat du df basename dirname
  realpath readlink true false test seq md5sum sha1sum sha256sum sha512sum cksum which whoami id uname printf
`);
/**
 * Subcommands that only look. Every other one is of medium risk: it changes something, or runs scripts that a model may have written.
 * yarn and cargo have none, because files of the workspace can name the program that answers for them.
 */
const LOOKING_SUBCOMMANDS: Readonly<Record<string, ReadonlySet<string>>> = {
  git: names(`
    status diff log show ls-files ls-tree rev-parse rev-list describe blame shortlog grep cat-file name-rev for-each-ref merge-base
    count-objects diff-tree diff-index check-ignore whatchanged config --version version help
  `),
  npm: names('ls list why explain --version -v'),
};
/** Of these only the bare form, without further arguments, looks. */
const LOOKING_WHEN_BARE: Readonly<Record<string, ReadonlySet<string>>> = {
  git: names('branch tag remote'),
};

const BEFORE_SUBCOMMAND = names('--no-pager -P --no-optional-locks');

/** How much harm one command can do. `words[0]` is the program; one that nothing is known of is of medium risk. */
export function commandRisk(words: readonly string[]): ToolRisk {
  const [program = '', ...args] = words;
  const name = program.slice(program.lastIndexOf('/') + 1).toLowerCase();
  const plain = name.replace(/(?:[\d.]+|\.exe)$/, '');
  if (HIGH.has(name) || HIGH.has(plain) || name.startsWith('mkfs.')) return 'high';
  if (LOOKS.has(name)) return 'low';
  const looking = LOOKING_SUBCOMMANDS[name];
  if (!looking) return 'medium';
  const { subcommand, rest } = readSubcommand(args);
  if (looking.has(subcommand)) return 'low';
  return LOOKING_WHEN_BARE[name]?.has(subcommand) && rest.length === 0 ? 'low' : 'medium';
}

/** The subcommand of git, npm and their like, past the options before it that are known to be harmless. */
export function readSubcommand(args: readonly string[]): { subcommand: string; rest: readonly string[] } {
  let at = 0;
  while (at < args.length) {
    if (!BEFORE_SUBCOMMAND.has(args[at] ?? '')) break;
    at++;
  }
  return { subcommand: args[at] ?? 'help', rest: args.slice(at + 1) };
}
