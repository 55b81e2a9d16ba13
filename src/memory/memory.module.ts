import { Module } from '@nestjs/common';
import { MemoryRepository } from './memory.repository';
import { MemorySearch } from './memory-search';
import { MemoryService } from './memory.service';

/** What the agent remembers. */
@Module({
  providers: [MemoryService, MemorySearch, MemoryRepository],
  exports: [MemoryService],
})
export class MemoryModule {}
