import { Injectable } from '@nestjs/common';
import { ConfigEditor } from '../../platform/config/config-editor';
import { MASK } from '../../platform/config/config-text';
import { HOSTS } from '../../providers/provider-catalog';
import { integrationId } from './integration';
import { IntegrationList } from './integration-list';
import { ProviderAccounts } from './provider-accounts';
import type { ProviderAccount } from './provider-accounts';
import { MODEL_OPTIONS } from './provider-titles';

/** The integrations with what can be set for each: model hosts have a key and a model. Never shows a key. */
@Injectable()
export class IntegrationSettings {
  constructor(
    private readonly integrations: IntegrationList,
    private readonly accounts: ProviderAccounts,
    private readonly editor: ConfigEditor,
  ) {}

  async describe() {
    const accounts = this.accounts.list();
    const active = accounts.find(({ isDefault }) => isDefault);
    return {
      revision: await this.revision(),
      active_default_provider_integration_id: active ? integrationId(active.title) : null,
      integrations: this.integrations.list().map((integration) => {
        const isModel = integration.category === 'AiModel';
        const account = isModel ? accounts.find(({ title }) => title === integration.name) : undefined;
        return {
          id: integrationId(integration.name),
          ...integration,
          configured: account ? isConfigured(account) : integration.status === 'Active',
          activates_default_provider: account !== undefined && this.accounts.isFirst,
          fields: account ? fieldsOf(account) : [],
        };
      }),
    };
  }

  /** The ETag of config.toml without its quotes: what a PUT of credentials may bring along. */
  async revision(): Promise<string> {
    return (await this.editor.etag()).replaceAll('"', '');
  }
}

function isConfigured({ keyFrom, isUsed }: ProviderAccount): boolean {
  return keyFrom !== undefined || isUsed;
}

function fieldsOf({ host, keyFrom, model }: ProviderAccount) {
  const facts = HOSTS[host] ?? {};
  const usual = facts.defaultModel === undefined ? [] : [facts.defaultModel];
  const options = MODEL_OPTIONS[host];
  const key = {
    key: 'api_key',
    label: 'API Key',
    required: true,
    has_value: keyFrom !== undefined,
    input_type: 'secret',
    options: [],
    masked_value: keyFrom === undefined ? null : MASK,
    from: keyFrom ?? null,
  };
  const choice = {
    key: 'default_model',
    label: 'Default Model',
    required: false,
    has_value: model !== '',
    input_type: options ? 'select' : 'text',
    options: options ?? usual,
    current_value: model,
  };
  return facts.keyless ? [choice] : [key, choice];
}
