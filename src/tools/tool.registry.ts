import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Tool } from './tool';
import { RegisterTool } from './register-tool';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Which of the tools a turn may use, by name. An empty `allowed` means all of them; `denied` wins. */
export interface ToolFilter {
  allowed: readonly string[];
  denied: readonly string[];
}

/** Every tool of the running gateway, in the order of their names. Two tools never have one name. */
@Injectable()
export class ToolRegistry implements OnModuleInit {
  private readonly tools = new Map<string, Tool>();
  private sorted: readonly Tool[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  /** Refuses to start with two tools of one name. */
  onModuleInit(): void {
    const found = this.discovery
      .getProviders({ metadataKey: RegisterTool.KEY })
      .map((wrapper) => wrapper.instance as Tool);
    for (const tool of found) this.add(tool);
  }

  /** For tools that come and go while the gateway runs. Throws when the name is malformed or taken. Returns what takes it away again. */
  add(tool: Tool): () => void {
    if (!NAME.test(tool.name)) throw new Error(`tool name "${tool.name}" does not match ${NAME.source}`);
    const other = this.tools.get(tool.name);
    if (other !== undefined && other !== tool) throw new Error(`two tools are called "${tool.name}"`);
    this.tools.set(tool.name, tool);
    this.sort();
    return () => {
      if (this.tools.get(tool.name) !== tool) return;
      this.tools.delete(tool.name);
      this.sort();
    };
  }

  get(name: string): Tool | undefined {
    return this.tools.get(name);
  }

  /** The tools that are on and pass the filter. */
  list(filter: ToolFilter = { allowed: [], denied: [] }): Tool[] {
    const allowed = (name: string) => filter.allowed.length === 0 || filter.allowed.includes(name);
    return this.sorted.filter(({ name }) => allowed(name) && !filter.denied.includes(name));
  }

  private sort(): void {
    this.sorted = [...this.tools.values()].sort((a, b) => a.name.localeCompare(b.name));
  }
}
