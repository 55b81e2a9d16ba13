import { MASK } from '../../platform/config/config-text';
import { isTable } from '../../platform/config/toml-document';
import { AppError } from '../../platform/errors/app-error';

/** Header values of HTTP: visible ASCII. */
const KEY = /^[\x21-\x7e]{1,4096}$/;
const MODEL = /^[\x21-\x7e]{1,200}$/;

export interface CredentialsRequest {
  /** As told by `GET /api/integrations/settings`; undefined writes over whatever is there. */
  revision: string | undefined;
  apiKey: string | undefined;
  defaultModel: string | undefined;
  activate: boolean;
}

/** As ZeroClaw reads it: what is missing, no text, blank or the mask changes nothing. Throws a 400 for a value that no host could take. */
export function readCredentials(body: unknown): CredentialsRequest {
  const request = isTable(body) ? body : {};
  const fields = isTable(request['fields']) ? request['fields'] : {};
  const { revision } = request;
  return {
    revision: revision === undefined || revision === null ? undefined : String(revision),
    apiKey: field(fields, 'api_key', KEY, 'the key as the provider shows it, without blanks or quotes'),
    defaultModel: field(fields, 'default_model', MODEL, "the provider's own name of a model, without blanks"),
    activate: request['activate'] === true,
  };
}

function field(fields: Record<string, unknown>, name: string, pattern: RegExp, allowed: string): string | undefined {
  const value = fields[name];
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '' || text === MASK) return undefined;
  if (pattern.test(text)) return text;
  throw new AppError(400, 'integrations.invalid_field', `fields.${name} must be ${allowed}`, {
    param: `fields.${name}`,
  });
}
