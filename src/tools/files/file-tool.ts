import { CallRefused } from '../call-refused';
import { PathGuard } from '../safety/path-guard';
import type { PathIntent } from '../safety/path-policy';
import type { Assessment, ToolResult, ToolRisk } from '../tool';

/** A text of the arguments; empty when the model left it out or wrote something else. */
export function textArgument(args: Record<string, unknown>, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : '';
}

/** Judges the path before a person is asked about the call. */
export async function assessPath(
  guard: PathGuard,
  path: string,
  intent: PathIntent,
  risk: ToolRisk,
): Promise<Assessment> {
  try {
    await guard.resolve(path, intent);
    return { risk };
  } catch (error) {
    if (error instanceof CallRefused) return { refused: 'path', explanation: error.message };
    throw error;
  }
}

/** A result for what the path policy or the disk has to say against a call. */
export async function orRefused(work: () => Promise<ToolResult>): Promise<ToolResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CallRefused) return { success: false, output: error.message };
    throw error;
  }
}
