import { Module } from '@nestjs/common';
import { AgingRepository } from './aging.repository';
import { MemoryAging } from './memory-aging';
import { MemoryController } from './memory.controller';
import { EntryCount, MemoryMetrics, memoryMetrics } from './memory.metrics';
import { MemoryRepository } from './memory.repository';
import { MemorySearch } from './memory-search';
import { MemoryService } from './memory.service';

/** What the agent remembers. */
@Module({
  controllers: [MemoryController],
  providers: [
    MemoryService,
    MemorySearch,
    MemoryRepository,
    MemoryAging,
    AgingRepository,
    MemoryMetrics,
    EntryCount,
    ...memoryMetrics,
  ],
  exports: [MemoryService],
})
export class MemoryModule {}
