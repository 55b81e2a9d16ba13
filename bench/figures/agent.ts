/** A turn of the agent: its prompt, its tools, one model call, the events in between. */
import { AGENT_MODEL } from '../gateway.ts';
import type { Options } from '../options.ts';
import { row } from '../report.ts';
import type { Row } from '../report.ts';
import type { Rig } from '../rig.ts';
import { ratio } from '../statistics.ts';
import { behind, chat, CONNECTIONS, interleave, JSON_END, of, PATH, turn } from '../turns.ts';
import { chatBody } from '../wire.ts';

export async function agent(rig: Rig, options: Options): Promise<Row[]> {
  const shape = { path: PATH, body: chatBody(AGENT_MODEL), endsWith: JSON_END };
  const field = [{ to: rig.gateway, shape }, turn(rig.bare, chat)] as const;
  const [ours, bare] = await interleave(rig, options, field, CONNECTIONS);
  const compared = ratio(of(ours, 'perSecond'), of(bare, 'perSecond'));
  return [row('agent turn, gateway : bare proxy', compared, '', { atLeast: 0.25 }, behind(ours, bare))];
}
