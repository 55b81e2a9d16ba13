import type { Provider } from '@nestjs/common';
import { ApprovalDesk } from './approvals/approval-desk';
import { ApprovalRepository } from './approvals/approval.repository';
import { ApprovalsService } from './approvals/approvals.service';
import { WorkspaceFiles } from './files/workspace-files';
import { ActionBudget } from './safety/action-budget';
import { ActionRepository } from './safety/action.repository';
import { PathGuard } from './safety/path-guard';
import { Workspace } from './safety/workspace';
import { CommandPolicy } from './shell/command-policy';
import { WorkspaceShell } from './shell/workspace-shell';
import { ToolGate } from './tool-gate';

/** What stands between a model and the world: policies, budget, approvals, and the gate that asks them all. */
export const safetyProviders: Provider[] = [
  Workspace,
  PathGuard,
  WorkspaceFiles,
  CommandPolicy,
  WorkspaceShell,
  ActionRepository,
  ActionBudget,
  ApprovalRepository,
  ApprovalsService,
  ApprovalDesk,
  ToolGate,
];
