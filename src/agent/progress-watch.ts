import type { ToolCall } from '../providers/provider';
import type { ToolResult } from '../tools/tool';

/** How often something may repeat itself; 0 is as often as it likes. */
export interface ProgressLimits {
  /** The same call with the same result. */
  sameResult: number;
  /** Two calls that take turns, in rounds of both. */
  pingPong: number;
  /** Failures of one tool without a success in between. */
  failures: number;
}

export interface RanCall {
  call: ToolCall;
  result: ToolResult;
}

/** Notices when a turn goes in circles. It judges rounds, so a call that a model writes twice at once counts once. */
export class ProgressWatch {
  private readonly repeats = new Map<string, { output: string; times: number }>();
  private readonly failures = new Map<string, number>();
  private readonly trail: string[] = [];

  constructor(private readonly limits: ProgressLimits) {}

  /** What goes in circles after this round, as a clause; undefined when nothing does. */
  observe(round: readonly RanCall[]): string | undefined {
    const ran = [...new Map(round.map((one) => [keyOf(one.call), one])).values()];
    let finding: string | undefined;
    for (const one of ran) finding = this.judge(one) ?? finding;
    return finding;
  }

  private judge({ call, result }: RanCall): string | undefined {
    const { sameResult, pingPong, failures } = this.limits;
    const key = keyOf(call);
    const before = this.repeats.get(key);
    const times = before?.output === result.output ? before.times + 1 : 1;
    this.repeats.set(key, { output: result.output, times });
    const failed = result.success ? 0 : (this.failures.get(call.name) ?? 0) + 1;
    this.failures.set(call.name, failed);
    // Only calls that bring nothing new can be steps of a dance.
    this.trail.push(times > 1 || before === undefined ? key : '');
    const name = call.name.slice(0, 64);
    if (failures > 0 && failed >= failures) return `${name} failed ${failed} times in a row`;
    if (sameResult > 0 && times >= sameResult) return `the same call of ${name} gave the same result ${times} times`;
    if (pingPong > 0 && this.alternates(pingPong * 2)) return 'two calls take turns without anything new';
    return undefined;
  }

  private alternates(length: number): boolean {
    const last = this.trail.slice(-length);
    if (last.length < length || last.includes('') || last[0] === last[1]) return false;
    return last.every((key, index) => key === last[index % 2]);
  }
}

function keyOf({ name, arguments: args }: ToolCall): string {
  return `${name}\n${args}`;
}
