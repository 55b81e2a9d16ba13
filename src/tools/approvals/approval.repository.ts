import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { Database } from '../../platform/database/database';
import type { Approval, ApprovalStatus } from './approval';
import type { ApprovalTables, ApprovalsTable } from './approval.tables';

export interface NewApproval extends Omit<Approval, 'status' | 'decidedBy' | 'decidedAt' | 'note'> {
  callHash: string;
  /** The process whose turn waits, and until when that is known to live. */
  held: { by: string; until: number } | undefined;
}

export interface Decision {
  status: 'approved' | 'denied';
  by: string;
  at: number;
  expiresAt: number;
  note: string | undefined;
}

/** Approvals in the database. Every change of state is one atomic statement, so that the first of several wins. */
@Injectable()
export class ApprovalRepository {
  constructor(private readonly database: Database) {}

  async add({ held, ...approval }: NewApproval): Promise<void> {
    const row = {
      id: approval.id,
      owner: approval.owner,
      session_id: approval.sessionId ?? null,
      door: approval.door,
      tool: approval.tool,
      call_hash: approval.callHash,
      arguments: approval.arguments,
      risk: approval.risk,
      reason: approval.reason,
      status: 'pending' as const,
      holder: held?.by ?? null,
      lease_until: held?.until ?? null,
      created_at: approval.createdAt,
      expires_at: approval.expiresAt,
      decided_by: null,
      decided_at: null,
      note: null,
      used_at: null,
    };
    await this.tables.insertInto('approvals').values(row).execute();
  }

  async find(id: string): Promise<Approval | undefined> {
    const row = await this.tables.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst();
    return row && approvalOf(row);
  }

  /** What was last asked about this very call, as long as it still means something and nobody waits for it. */
  async standing(callHash: string, now: number): Promise<Approval | undefined> {
    const row = await this.tables
      .selectFrom('approvals')
      .selectAll()
      .where('call_hash', '=', callHash)
      .where('status', 'in', ['pending', 'approved', 'denied'])
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .where((is) => is.or([is('status', '!=', 'pending'), is('holder', 'is', null)]))
      .orderBy('created_at', 'desc')
      .executeTakeFirst();
    return row && approvalOf(row);
  }

  /** Newest first. */
  async list(status: ApprovalStatus | undefined, owner: string | undefined, limit: number): Promise<Approval[]> {
    let query = this.tables.selectFrom('approvals').selectAll();
    if (status !== undefined) query = query.where('status', '=', status);
    if (owner !== undefined) query = query.where('owner', '=', owner);
    const rows = await query.orderBy('created_at', 'desc').orderBy('id').limit(limit).execute();
    return rows.map(approvalOf);
  }

  async countPending(owner: string): Promise<number> {
    const { count } = await this.tables
      .selectFrom('approvals')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('owner', '=', owner)
      .where('status', '=', 'pending')
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Undefined when it is not pending any more, or was never there. */
  async decide(id: string, { status, by, at, expiresAt, note }: Decision): Promise<Approval | undefined> {
    const row = await this.tables
      .updateTable('approvals')
      .set({ status, decided_by: by, decided_at: at, expires_at: expiresAt, note: note ?? null })
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .where('expires_at', '>', at)
      .returningAll()
      .executeTakeFirst();
    return row && approvalOf(row);
  }

  /** Takes the one call that an approval allows; false when it is not there to be taken. */
  async use(id: string, now: number): Promise<boolean> {
    const row = await this.tables
      .updateTable('approvals')
      .set({ used_at: now })
      .where('id', '=', id)
      .where('status', '=', 'approved')
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Ends the waiting of one; undefined when it has ended already. */
  async expire(id: string): Promise<Approval | undefined> {
    const row = await this.tables
      .updateTable('approvals')
      .set({ status: 'expired' })
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .returningAll()
      .executeTakeFirst();
    return row && approvalOf(row);
  }

  /** Ends the waiting of all whose time is over, or whose process is dead. */
  async expireDue(now: number): Promise<Approval[]> {
    const rows = await this.tables
      .updateTable('approvals')
      .set({ status: 'expired' })
      .where('status', '=', 'pending')
      .where((is) => is.or([is('expires_at', '<=', now), is('lease_until', '<=', now)]))
      .returningAll()
      .execute();
    return rows.map(approvalOf);
  }

  /** For the boot of the only process on this database: nobody waits for these any more. */
  async expireHeld(): Promise<Approval[]> {
    const rows = await this.tables
      .updateTable('approvals')
      .set({ status: 'expired' })
      .where('status', '=', 'pending')
      .where('holder', 'is not', null)
      .returningAll()
      .execute();
    return rows.map(approvalOf);
  }

  async renewLeases(holder: string, until: number): Promise<void> {
    await this.tables
      .updateTable('approvals')
      .set({ lease_until: until })
      .where('status', '=', 'pending')
      .where('holder', '=', holder)
      .execute();
  }

  /** Forgets what was asked before `before` and is over. */
  async deleteOld(before: number): Promise<void> {
    await this.tables
      .deleteFrom('approvals')
      .where('created_at', '<', before)
      .where('status', '!=', 'pending')
      .execute();
  }

  private get tables() {
    return this.database.tables<ApprovalTables>();
  }
}

function approvalOf(row: Selectable<ApprovalsTable>): Approval {
  return {
    id: row.id,
    owner: row.owner,
    sessionId: row.session_id ?? undefined,
    door: row.door,
    tool: row.tool,
    arguments: row.arguments,
    risk: row.risk,
    reason: row.reason,
    status: row.status,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    note: row.note ?? undefined,
  };
}
