import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Documented } from '../../platform/api-doc/documented';
import { AppError } from '../../platform/errors/app-error';
import { JsonBody } from '../../platform/http/json-body';
import { Scopes } from '../../platform/http/marks';
import { CurrentPrincipal } from '../../platform/http/principal';
import type { Principal } from '../../platform/http/principal';
import type { Approval } from './approval';
import { ApprovalQueryDto, DecideDto } from './approval.dto';
import { ApprovalsService } from './approvals.service';

const USUAL_LIMIT = 100;

/**
 * `/api/approvals`: tool calls that wait for a person. A token that only chats sees its own and decides nothing: whoever speaks to the
 * agent with it may be the one the approval protects from.
 */
@Controller('api/approvals')
@Documented(() => require('./approvals.openapi') as typeof import('./approvals.openapi'))
export class ApprovalsController {
  constructor(private readonly approvals: ApprovalsService) {}

  @Get()
  @Scopes('read', 'chat')
  async list(@Query() { status, limit }: ApprovalQueryDto, @CurrentPrincipal() caller: Principal) {
    const owner = seesAll(caller) ? undefined : caller.id;
    const found = await this.approvals.list(status, owner, limit === undefined ? USUAL_LIMIT : Number(limit));
    return { approvals: found.map((approval) => viewApproval(approval, caller)) };
  }

  @Get(':id')
  @Scopes('read', 'chat')
  async one(@Param('id') id: string, @CurrentPrincipal() caller: Principal) {
    const found = await this.approvals.find(id);
    if (!found || (!seesAll(caller) && found.owner !== caller.id)) {
      throw new AppError(404, 'approvals.unknown', `There is no approval ${id.slice(0, 64)}`);
    }
    return viewApproval(found, caller);
  }

  @Post(':id')
  @HttpCode(200)
  @Scopes('admin')
  async decide(@Param('id') id: string, @JsonBody() body: DecideDto, @CurrentPrincipal() caller: Principal) {
    const note = body.note?.trim() || undefined;
    return viewApproval(await this.approvals.decide(id, body.decision, caller.id, note), caller);
  }
}

function seesAll({ scopes }: Principal): boolean {
  return scopes.includes('read') || scopes.includes('admin');
}

/** What a call was about is for admins and for whose turn it was: arguments can hold anything that was said to the agent. */
function viewApproval(approval: Approval, { id, scopes }: Principal): object {
  const isTold = scopes.includes('admin') || approval.owner === id;
  return {
    id: approval.id,
    status: approval.status,
    tool: approval.tool,
    arguments: isTold ? (JSON.parse(approval.arguments) as unknown) : null,
    risk: approval.risk,
    reason: isTold ? approval.reason : null,
    owner: isTold ? approval.owner : null,
    session_id: isTold ? (approval.sessionId ?? null) : null,
    door: approval.door,
    created_at: new Date(approval.createdAt).toISOString(),
    expires_at: new Date(approval.expiresAt).toISOString(),
    decided_by: isTold ? (approval.decidedBy ?? null) : null,
    decided_at: approval.decidedAt === undefined ? null : new Date(approval.decidedAt).toISOString(),
    note: isTold ? (approval.note ?? null) : null,
  };
}
