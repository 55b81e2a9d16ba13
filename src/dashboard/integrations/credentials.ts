import { Injectable } from '@nestjs/common';
import { ConfigEditor } from '../../platform/config/config-editor';
import type { TomlTable } from '../../platform/config/toml-document';
import { AppError } from '../../platform/errors/app-error';
import { HOSTS } from '../../providers/provider-catalog';
import type { CredentialsRequest } from './credentials.payload';
import { DefaultProvider } from './default-provider';
import { ProviderAccounts } from './provider-accounts';
import type { ProviderAccount } from './provider-accounts';

/**
 * Writes the key and the model of one model host, each host its own under `[model_providers.<name>]`. The default provider stays who it is,
 * unless none answers yet or `activate` asks for it. Rejects with 400 for what is no model host, with 409 when the revision is an old one.
 */
@Injectable()
export class Credentials {
  constructor(
    private readonly accounts: ProviderAccounts,
    private readonly defaults: DefaultProvider,
    private readonly editor: ConfigEditor,
  ) {}

  async save(id: string, request: CredentialsRequest, by: string) {
    const account = this.accounts.find(id);
    if (!account) {
      const sentence = `Integration '${id.slice(0, 100)}' does not support credential updates via this endpoint`;
      throw new AppError(400, 'integrations.unsupported', sentence);
    }
    const activate = !account.isDefault && (request.activate || this.accounts.isFirst);
    const patch = this.patch(account, request, activate);
    const written = await this.write(patch, request.revision, by);
    const { etag, keys, needRestart } = written;
    return {
      status: 'ok',
      revision: etag.replaceAll('"', ''),
      provider: account.name,
      activated: activate,
      changed: keys,
      restart_needed: needRestart,
    };
  }

  private patch(account: ProviderAccount, { apiKey, defaultModel }: CredentialsRequest, activate: boolean): TomlTable {
    const { name, host } = account;
    const takesKey = apiKey !== undefined && !HOSTS[host]?.keyless;
    const asDefault = account.isDefault || activate;
    const profile = {
      ...(takesKey && { api_key: apiKey }),
      ...(defaultModel !== undefined && !asDefault && { default_model: defaultModel }),
    };
    const switched = activate ? this.defaults.switchTo(name) : {};
    const providers = { ...(switched['model_providers'] as TomlTable | undefined) };
    if (Object.keys(profile).length > 0) providers[name] = profile;
    return {
      ...switched,
      ...(defaultModel !== undefined && asDefault && { default_model: defaultModel }),
      ...(Object.keys(providers).length > 0 && { model_providers: providers }),
    };
  }

  private async write(patch: TomlTable, revision: string | undefined, by: string) {
    const ifMatch = revision === undefined ? undefined : `"${revision.replaceAll(/[",]/g, '')}"`;
    try {
      return await this.editor.patch(patch, { source: 'api', by, ifMatch, note: 'credentials' });
    } catch (error) {
      if (!(error instanceof AppError) || error.status !== 412) throw error;
      const present = (await this.editor.etag()).replaceAll('"', '');
      const sentence =
        'The configuration has changed since you read it: read the settings again and repeat your change';
      throw new AppError(409, 'integrations.changed_meanwhile', sentence, { details: { revision: present } });
    }
  }
}
