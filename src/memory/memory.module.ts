import { Module } from '@nestjs/common';
import { EgressModule } from '../platform/egress/egress.module';
import { AgingRepository } from './aging.repository';
import { MemoryAging } from './memory-aging';
import { MemoryController } from './memory.controller';
import { EntryCount, MemoryMetrics, memoryMetrics } from './memory.metrics';
import { MemoryRepository } from './memory.repository';
import { MemorySearch } from './memory-search';
import { MemoryService } from './memory.service';
import { Embedder } from './vectors/embedder';
import { MeaningSearch } from './vectors/meaning-search';
import { QuestionVectors } from './vectors/question-vectors';
import { VectorBacklog } from './vectors/vector-backlog';
import { VectorRepository } from './vectors/vector.repository';

/** What the agent remembers. */
@Module({
  imports: [EgressModule],
  controllers: [MemoryController],
  providers: [
    MemoryService,
    MemorySearch,
    MemoryRepository,
    MeaningSearch,
    QuestionVectors,
    Embedder,
    VectorRepository,
    VectorBacklog,
    MemoryAging,
    AgingRepository,
    MemoryMetrics,
    EntryCount,
    ...memoryMetrics,
  ],
  exports: [MemoryService, Embedder],
})
export class MemoryModule {}
