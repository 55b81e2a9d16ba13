/** Where the gateway listens, as a program on this machine reaches it. */
export interface LocalTarget {
  /** Fit for a URL: IPv6 in brackets. */
  host: string;
  port: number;
}

export type OutputStream = 'stdout' | 'stderr';

/** What a line of the program says about the tunnel. `problem`: why it does not work, while the program goes on trying. */
export type TunnelNews = { state: 'up'; url?: string } | { state: 'down'; problem: string } | { problem: string };

/** Reads what the program writes, line by line; knows what was said before. Never throws, whatever the line. */
export type OutputReader = (line: string, stream: OutputStream) => TunnelNews | undefined;

/** How one kind of tunnel is run. Secrets are in `env` only: arguments are shown to every user of the machine. */
export interface TunnelProgram {
  command: string;
  args: readonly string[];
  /** All that it gets; nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** Values that must not reach the log. */
  secrets: readonly string[];
  /** Where the operator says that the gateway is reached; goes before what the program says. */
  url?: string | undefined;
  /** A reader for one run of the program. */
  reader(): OutputReader;
  /** Milliseconds in which the tunnel has to be up. */
  startLimit: number;
  /** What it means when the program has not said anything by then: it is started anew, or taken to work. */
  onSilence: 'restart' | 'accept';
  /** A further question about the address, asked when the limit is over: the program is run with `args`. */
  inquiry?: { args: readonly string[]; read(stdout: string): string | undefined };
  /** Tells from outside whether the tunnel works. */
  healthUrl?: string | undefined;
}

/** What the operator has to change before there can be a tunnel. */
export interface TunnelProblem {
  problem: string;
}
