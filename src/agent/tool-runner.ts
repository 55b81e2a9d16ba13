import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import type { ToolCall, ToolDefinition } from '../providers/provider';
import { isActing } from '../tools/safety/autonomy';
import type { Tool, ToolContext, ToolResult } from '../tools/tool';
import { ToolArguments } from '../tools/tool-arguments';
import { ToolGate } from '../tools/tool-gate';
import { ToolRegistry } from '../tools/tool.registry';
import { AgentConfig } from './agent.config';
import { EXAMPLE, UNREADABLE, problemOf } from './text-protocol/tool-call-text';
import './agent.events';

/** More would crowd the conversation out of the model's context. */
const MAX_OUTPUT_CHARS = 100_000;

/** Results of calls that succeeded already in this turn, by name and arguments. */
export type EarlierCalls = Map<string, Promise<ToolResult>>;

/**
 * Runs the tools a model asks for. Whatever the model wrote, a call ends with a result for the model and never with an exception:
 * unknown tools, broken arguments and failing tools are told to it so that it can do better.
 */
@Injectable()
export class ToolRunner implements OnApplicationBootstrap {
  private readonly logger = new Logger(ToolRunner.name);
  private readonly known = new WeakMap<Tool, ToolDefinition>();

  constructor(
    private readonly registry: ToolRegistry,
    private readonly toolArguments: ToolArguments,
    private readonly config: ConfigService,
    private readonly events: EventBus,
    private readonly gate: ToolGate,
  ) {
    gate.narrow(() => {
      const { allowed_tools: allowed, denied_tools: denied } = config.get(AgentConfig);
      return { allowed, denied };
    });
  }

  /** A misspelt name would allow or deny nothing, silently. */
  onApplicationBootstrap(): void {
    const { allowed_tools: allowed, denied_tools: denied } = this.config.get(AgentConfig);
    // Tools of MCP servers are known once their server is.
    const named = [...new Set([...allowed, ...denied])].filter((name) => !name.includes('__'));
    const missing = named.filter((name) => !this.registry.get(name));
    if (missing.length > 0) {
      this.logger.warn(
        `[agent] allowed_tools and denied_tools name tools that this gateway lacks: ${missing.join(', ')}`,
      );
    }
    const mayCome = allowed.some((name) => name.includes('__'));
    if (allowed.length > 0 && !mayCome && this.definitions(new Set()).length === 0) {
      this.logger.warn('[agent] allowed_tools leaves the agent without any tool');
    }
  }

  /** What the model is told of, before this audience. Names in `hidden` are left out. */
  definitions(hidden: ReadonlySet<string>, audience?: 'public'): ToolDefinition[] {
    const offered = this.gate.offered(audience).filter(({ name }) => !hidden.has(name));
    return offered.map((tool) => this.definitionOf(tool));
  }

  /** The same one every turn, because its words on the wire are kept with it. */
  private definitionOf(tool: Tool): ToolDefinition {
    let definition = this.known.get(tool);
    if (definition === undefined) {
      const { name, description, parameters } = tool;
      definition = { name, description, parameters };
      this.known.set(tool, definition);
    }
    return definition;
  }

  /**
   * A call that succeeded earlier in the turn is not run again, unless something has acted since: its result is given once more.
   * Rejects only when the turn is aborted.
   */
  run(
    call: ToolCall,
    offered: readonly ToolDefinition[],
    context: ToolContext,
    earlier: EarlierCalls,
  ): Promise<ToolResult> {
    const key = `${call.name}\n${call.arguments}`;
    const known = earlier.get(key);
    if (known) return known;
    const tool = this.registry.get(call.name);
    const forgetOthers = () => {
      for (const other of earlier.keys()) if (other !== key) earlier.delete(other);
    };
    if (tool && isActing(tool)) forgetOthers();
    const result = this.timed(call, offered, context);
    if (tool && isActing(tool)) void result.then(forgetOthers, forgetOthers);
    earlier.set(key, result);
    void result.then(
      ({ success }) => success || earlier.delete(key),
      () => earlier.delete(key),
    );
    return result;
  }

  private async timed(call: ToolCall, offered: readonly ToolDefinition[], context: ToolContext): Promise<ToolResult> {
    const isOffered = offered.some(({ name }) => name === call.name);
    const started = performance.now();
    const { owner, door, sessionId, runId } = context;
    const announced = { tool: isOffered ? call.name : 'unknown', owner, door, sessionId, runId };
    let success = false;
    this.events.emit('tool.started', announced);
    try {
      const { output, ...result } = isOffered ? await this.execute(call, context) : unknown(call, offered);
      success = result.success;
      return { success, output: shorten(output) };
    } finally {
      const durationMs = performance.now() - started;
      this.events.emit('tool.called', { ...announced, success, durationMs });
    }
  }

  private async execute(call: ToolCall, context: ToolContext): Promise<ToolResult> {
    const tool = this.registry.get(call.name);
    if (!tool) return unknown(call, []);
    const parsed = await this.toolArguments.parse(tool, call.arguments);
    if (!parsed.ok) return failed(`${parsed.reason}. Correct them and call ${call.name} again.`);
    try {
      const admission = await unlessAborted(this.gate.admit(tool, parsed.args, context), context.signal);
      if (!admission.admitted) return failed(admission.explanation);
      const result = await unlessAborted(tool.execute(parsed.args, context), context.signal);
      return result.success ? result : failed(result.output);
    } catch (error) {
      context.signal.throwIfAborted();
      this.logger.error({ err: error, tool: call.name }, 'a tool threw instead of returning a failure');
      return failed(`${call.name} failed inside: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function failed(reason: string): ToolResult {
  return { success: false, output: `Error: ${reason}` };
}

function unknown(call: ToolCall, offered: readonly ToolDefinition[]): ToolResult {
  if (call.name === UNREADABLE) {
    return failed(
      `this tool call cannot be read: ${problemOf(call.arguments) ?? 'it is incomplete'}. Write ${EXAMPLE}`,
    );
  }
  const names = offered.map(({ name }) => name).join(', ');
  return failed(
    `there is no tool "${call.name.slice(0, 64)}". ${names ? `The tools are: ${names}.` : 'There are no tools.'}`,
  );
}

function shorten(output: string): string {
  if (output.length <= MAX_OUTPUT_CHARS) return output;
  return `${output.slice(0, MAX_OUTPUT_CHARS)}\n[cut: ${output.length - MAX_OUTPUT_CHARS} more characters]`;
}

/** A tool that ignores its signal must not hold up a turn that is over. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
