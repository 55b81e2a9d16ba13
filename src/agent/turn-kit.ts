import { Injectable } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { LeakGuard } from '../platform/leak-guard/leak-guard';
import { ModelsService } from '../providers/models.service';
import { SystemPrompt } from './prompt/system-prompt';
import { ToolRunner } from './tool-runner';

/** What every turn works with. */
@Injectable()
export class TurnKit {
  constructor(
    readonly models: ModelsService,
    readonly runner: ToolRunner,
    readonly prompt: SystemPrompt,
    readonly guard: LeakGuard,
    readonly config: ConfigService,
  ) {}
}
