import { Injectable } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import { ApprovalDesk } from './approvals/approval-desk';
import { isActing, whyAsk, whyUnavailable } from './safety/autonomy';
import type { Audience } from './safety/autonomy';
import { ActionBudget } from './safety/action-budget';
import { AutonomyConfig } from './safety/autonomy.config';
import type { Tool, ToolContext, ToolRisk } from './tool';
import type { RefusalReason } from './tool.events';
import type { ToolFilter } from './tool.registry';
import { ToolRegistry } from './tool.registry';

/** Whether a call may be made now; if not, a sentence for the model. */
export type Admission = { admitted: true } | { admitted: false; explanation: string };

/** A tool as people see it. */
export interface ListedTool {
  tool: Tool;
  /** Why it is off; undefined while the agent may use it. */
  reason: string | undefined;
}

interface Refusal {
  reason: RefusalReason;
  explanation: string;
}

/**
 * The one gate in front of every tool: decides which tools the agent is offered, and whether a call may be made. Nothing that the model
 * writes opens it: rules come from the configuration, exceptions from people.
 */
@Injectable()
export class ToolGate {
  private filter: () => ToolFilter = () => ({ allowed: [], denied: [] });

  constructor(
    private readonly registry: ToolRegistry,
    private readonly config: ConfigService,
    private readonly budget: ActionBudget,
    private readonly desk: ApprovalDesk,
    private readonly events: EventBus,
  ) {}

  /** The agent's own wishes about its tools, asked for again each time. */
  narrow(filter: () => ToolFilter): void {
    this.filter = filter;
  }

  /** What the agent may use now, before this audience. */
  offered(audience?: Audience): Tool[] {
    return this.list(audience).flatMap(({ tool, reason }) => (reason === undefined ? [tool] : []));
  }

  /** Every tool, also those that are off. */
  list(audience?: Audience): ListedTool[] {
    const autonomy = this.config.get(AutonomyConfig);
    const filter = this.filter();
    return this.registry.list().map((tool) => ({ tool, reason: whyUnavailable(tool, autonomy, filter, audience) }));
  }

  /** To be asked right before a call, with arguments that fit the schema. May wait for a person; rejects when the turn ends meanwhile. */
  async admit(tool: Tool, args: Record<string, unknown>, context: ToolContext): Promise<Admission> {
    const refusal = await this.refusal(tool, args, context);
    if (!refusal) return { admitted: true };
    const { owner = '', door = 'unknown', sessionId } = context;
    this.events.emit('tool.refused', { tool: tool.name, reason: refusal.reason, owner, sessionId, door });
    return { admitted: false, explanation: refusal.explanation };
  }

  private async refusal(tool: Tool, args: Record<string, unknown>, context: ToolContext): Promise<Refusal | undefined> {
    const judged = await this.judge(tool, args, context);
    if ('reason' in judged) return judged;
    const { owner = '', door = 'unknown', sessionId } = context;
    const reason = whyAsk(tool.name, judged.risk, this.config.get(AutonomyConfig));
    if (reason !== undefined && context.allowed !== true) {
      const answer = await this.desk.ask(
        { owner, door, sessionId, tool: tool.name, args, risk: judged.risk, reason },
        context,
      );
      if (!answer.granted) return answer;
      // While a person took their time, the operator may have changed the rules.
      const now = await this.judge(tool, args, context);
      if ('reason' in now) return now;
    }
    const spent = isActing(tool) ? await this.budget.take() : undefined;
    return spent === undefined ? undefined : { reason: 'budget', explanation: spent };
  }

  /** Whether such a call could be made at all, for something that is to be called later. Asks nobody and counts nothing. */
  async judge(tool: Tool, args: Record<string, unknown>, context: ToolContext): Promise<{ risk: ToolRisk } | Refusal> {
    const autonomy = this.config.get(AutonomyConfig);
    const unavailable = whyUnavailable(tool, autonomy, this.filter(), context.audience);
    if (unavailable !== undefined) {
      const reason = autonomy.level === 'readonly' && isActing(tool) ? 'read_only' : 'unavailable';
      return { reason, explanation: `the tool ${tool.name} is off: ${unavailable}` };
    }
    const assessed = (await tool.assess?.(args, context)) ?? { risk: tool.risk };
    return 'refused' in assessed ? { reason: assessed.refused, explanation: assessed.explanation } : assessed;
  }
}
