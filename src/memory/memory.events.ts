export const MEMORY_OPERATIONS = ['remember', 'recall', 'forget', 'list'] as const;
export type MemoryOperation = (typeof MEMORY_OPERATIONS)[number];
export const MEMORY_OUTCOMES = ['ok', 'error'] as const;

declare module '../platform/events/event-bus' {
  interface GatewayEvents {
    'memory.used': { operation: MemoryOperation; outcome: (typeof MEMORY_OUTCOMES)[number]; durationMs: number };
  }
}
