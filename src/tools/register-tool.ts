import { DiscoveryService } from '@nestjs/core';

/**
 * Marks a provider as a tool of the agent. A new tool is one class with this mark, listed in the providers of one module;
 * the registry finds it at start.
 */
export const RegisterTool = DiscoveryService.createDecorator<void>();
