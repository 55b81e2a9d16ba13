import { Injectable } from '@nestjs/common';
import { ConfigEditor } from '../../platform/config/config-editor';
import type { TomlTable } from '../../platform/config/toml-document';
import { AppError } from '../../platform/errors/app-error';
import { ConfigService } from '../../platform/config/config.service';
import { ModelsConfig } from '../../providers/models.config';
import { hostId } from '../../providers/provider-catalog';
import { ReliabilityConfig } from '../../providers/reliability.config';

/**
 * What changes when another model host becomes the default: key and address above all tables belong to the default, so they move to a table
 * of the host they were meant for instead of being sent to the new one. Throws a 409 where that cannot be done.
 */
@Injectable()
export class DefaultProvider {
  constructor(
    private readonly config: ConfigService,
    private readonly editor: ConfigEditor,
  ) {}

  switchTo(name: string): TomlTable {
    const {
      default_provider: chosen,
      api_key: key,
      api_url: url,
      model_providers: profiles,
    } = this.config.get(ModelsConfig);
    if (this.cameFrom('default_provider') === 'environment')
      throw stays('The environment decides the default provider: change ZEROCLAW_PROVIDER there');
    if (this.config.get(ReliabilityConfig).api_keys.length > 0)
      throw stays(`[reliability] api_keys are those of the present default provider: remove them first`);
    const moved = {
      ...(key && this.cameFrom('api_key') === 'file' && { api_key: key }),
      ...(url && this.cameFrom('api_url') === 'file' && { base_url: url }),
    };
    const before = chosen ?? 'openrouter';
    const isNamed = hostId(before) !== undefined || Object.hasOwn(profiles, before);
    if (Object.keys(moved).length > 0 && !isNamed)
      throw stays(`api_key and api_url are those of ${before.split('?', 1)[0]}: change the file by hand`);
    return {
      default_provider: name,
      // It is a model of the host that was the default before.
      default_model: null,
      ...(Object.keys(moved).length > 0 && {
        api_key: null,
        api_url: null,
        model_providers: { [before]: { ...moved, ...ownOf(profiles, before) } },
      }),
    };
  }

  private cameFrom(key: string): string | undefined {
    return this.editor.file.tree.origins.get(key)?.from;
  }
}

/** What its own table says goes before what stands above all tables. */
function ownOf(profiles: ModelsConfig['model_providers'], name: string): { api_key?: string; base_url?: string } {
  const { api_key: key, base_url: url } = (Object.hasOwn(profiles, name) ? profiles[name] : undefined) ?? {};
  return { ...(key && { api_key: key }), ...(url && { base_url: url }) };
}

function stays(sentence: string): AppError {
  return new AppError(409, 'integrations.cannot_activate', sentence);
}
