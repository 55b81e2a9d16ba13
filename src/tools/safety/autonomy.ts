import type { Tool, ToolRisk } from '../tool';
import type { ToolFilter } from '../tool.registry';
import type { AutonomyConfig } from './autonomy.config';

type Autonomy = Readonly<AutonomyConfig>;
/** Who reads the answer; undefined: the owner alone. */
export type Audience = 'public' | undefined;

interface NameList {
  names: ReadonlySet<string>;
  beginnings: readonly string[];
}

/** By the array itself, which a new configuration brings anew: every turn asks for every tool. */
const lists = new WeakMap<readonly string[], NameList>();

/** Whether a name is in a list whose entries may end with `*`. The list must not be changed. */
export function isListed(name: string, list: readonly string[]): boolean {
  let known = lists.get(list);
  if (known === undefined) {
    const beginnings = list.filter((entry) => entry.endsWith('*')).map((entry) => entry.slice(0, -1));
    known = { names: new Set(list), beginnings };
    lists.set(list, known);
  }
  return known.names.has(name) || known.beginnings.some((beginning) => name.startsWith(beginning));
}

/** Whether the tool changes something or reaches out. */
export function isActing(tool: Tool): boolean {
  return tool.acts ?? tool.risk !== 'low';
}

/** Why nobody gets this tool, or nobody before this audience, in the operator's words; undefined when it is on. */
export function whyUnavailable(
  tool: Tool,
  autonomy: Autonomy,
  filter: ToolFilter,
  audience?: Audience,
): string | undefined {
  const off = tool.off?.();
  if (off !== undefined) return off;
  if (isListed(tool.name, filter.denied)) return '[agent] denied_tools names it';
  if (filter.allowed.length > 0 && !isListed(tool.name, filter.allowed))
    return '[agent] allowed_tools does not name it';
  if (isListed(tool.name, autonomy.non_cli_excluded_tools)) {
    return '[autonomy] non_cli_excluded_tools keeps it from everybody who comes through the gateway: take it out of that list to open it';
  }
  if (audience === 'public' && !isListed(tool.name, autonomy.public_tools)) {
    return '[autonomy] public_tools does not name it, and others read the answer';
  }
  return autonomy.level === 'readonly' && isActing(tool)
    ? '[autonomy] level is "readonly", and this tool acts'
    : undefined;
}

/** Why a person has to allow a call, in words for that person; undefined when nobody is asked. */
export function whyAsk(name: string, risk: ToolRisk, autonomy: Autonomy): string | undefined {
  if (isListed(name, autonomy.always_ask)) return `[autonomy] always_ask names ${name}`;
  if (autonomy.level === 'full' || isListed(name, autonomy.auto_approve) || risk === 'low') return undefined;
  if (risk === 'medium' && !autonomy.require_approval_for_medium_risk) return undefined;
  return `a call of ${risk} risk, and [autonomy] level is "${autonomy.level}"`;
}
