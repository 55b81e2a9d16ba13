import { dirname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { ConfigError, formatProblem } from '../../platform/config/config-problem';
import { FileConfigService } from '../../platform/config/file-config.service';
import { readConfig } from '../../platform/config/load-config';
import type { Check, CheckList } from '../check';
import { fail, ok, warn } from '../finding';
import type { Finding } from '../finding';

/** config.toml as it lies on the disk now, be it newer than what runs. */
@Injectable()
export class ConfigChecks implements CheckList {
  constructor(private readonly config: ConfigService) {}

  checks(): readonly Check[] {
    return [
      { id: 'config.valid', run: () => this.valid() },
      { id: 'config.unknown_keys', run: () => this.unknownKeys() },
    ];
  }

  private async valid(): Promise<Finding[]> {
    const file = await this.onDisk();
    if (file instanceof ConfigError) return problems(file);
    const { problems: found } = file.tree;
    return found.length === 0 ? [ok(`${file.file} can be used.`)] : problems(new ConfigError(file.file, found));
  }

  private async unknownKeys(): Promise<Finding[]> {
    const file = await this.onDisk();
    if (file instanceof ConfigError) return [];
    const { warnings } = file.tree;
    return warnings.length === 0 ? [ok('Every key is known.')] : warnings.map((warning) => warn(`${warning}.`));
  }

  private async onDisk(): Promise<FileConfigService | ConfigError> {
    const { config } = this;
    if (!(config instanceof FileConfigService)) throw new Error('this configuration has no file');
    try {
      const { sections, environment: env } = config;
      return await readConfig({ sections, configDir: dirname(config.file), env });
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
  }
}

function problems({ file, problems: found }: ConfigError): Finding[] {
  return found.map((problem) =>
    fail(
      `${formatProblem(problem, file)}.`,
      'A running gateway goes on with what it had; it does not start like this.',
    ),
  );
}
