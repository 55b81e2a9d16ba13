import { IsBoolean, IsIn, IsInt, IsNumber, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Key, Section } from '../platform/config/section';

/** Backends that ZeroClaw v0.1.8 knows; here only `none` differs from the others. */
const BACKENDS = ['sqlite', 'postgres', 'sqlite_qdrant_hybrid', 'lucid', 'cortex-mem', 'qdrant', 'markdown', 'none'];

/** `[memory]`: what the agent remembers beyond a conversation. */
@Section('memory', 'What the agent remembers beyond a conversation.')
export class MemoryConfig {
  @Key({
    doc: 'none turns the memory off. Every other value keeps it in the database of the gateway, see [storage].',
    live: true,
  })
  @IsIn(BACKENDS)
  backend = 'sqlite';

  @Key({ doc: 'Remember every message to the agent as an entry of the category conversation.', live: true })
  @IsBoolean()
  auto_save = true;

  @Key({ doc: 'Score from which an entry is shown to the model, 0 to 1.', live: true })
  @IsNumber()
  @Min(0)
  @Max(1)
  min_relevance_score = 0.4;

  @Key({ doc: 'Archive and delete old entries as the next keys say.', live: true })
  @IsBoolean()
  hygiene_enabled = true;

  @Key({
    doc: 'Days after which a daily entry is archived: kept, but no longer listed or recalled. 0 is never.',
    live: true,
  })
  @IsInt()
  @Min(0)
  archive_after_days = 7;

  @Key({ doc: 'Days after which an entry is deleted, counted from when it was archived. 0 is never.', live: true })
  @IsInt()
  @Min(0)
  purge_after_days = 30;

  @Key({ doc: 'Days after which an entry of the category conversation is deleted. 0 is never.', live: true })
  @IsInt()
  @Min(0)
  conversation_retention_days = 30;

  @Key({
    doc: 'Who turns texts into vectors, so that entries are also found by meaning: none, openai, openrouter or custom:<url> of a host with an OpenAI-compatible /embeddings.',
    live: true,
    example: 'openai',
  })
  @Matches(/^(none|openai|openrouter|hint:.+|custom:https?:\/\/.+)$/, {
    message: 'embedding_provider must be none, openai, openrouter or custom:<http or https URL>',
  })
  embedding_provider = 'none';

  @Key({
    doc: 'Key of the embedding host. Left out: the key of that provider.',
    env: 'ZEROCLAW_EMBEDDING_API_KEY',
    secret: true,
    live: true,
  })
  @IsOptional()
  @IsString()
  embedding_api_key?: string;

  @Key({ doc: 'Model that makes the vectors. Another one makes those of all entries anew.', live: true })
  @IsString()
  embedding_model = 'text-embedding-3-small';

  @Key({ doc: 'Numbers of a vector.', live: true })
  @IsInt()
  @Min(1)
  @Max(4096)
  embedding_dimensions = 1536;

  @Key({ doc: 'Vectors of questions kept in memory; 1000 of them take 6 MB.', live: true })
  @IsInt()
  @Min(0)
  @Max(100_000)
  embedding_cache_size = 1000;

  @Key({ doc: 'How much meaning counts beside words when there are vectors.', live: true })
  @IsNumber()
  @Min(0)
  @Max(1)
  vector_weight = 0.7;

  @Key({ doc: 'How much words count beside meaning when there are vectors.', live: true })
  @IsNumber()
  @Min(0)
  @Max(1)
  keyword_weight = 0.3;
}
