import { request } from '../../api/request';

export interface Field {
  key: 'api_key' | 'default_model';
  label: string;
  has_value: boolean;
  input_type: 'secret' | 'select' | 'text';
  options: string[];
  current_value?: string;
  /** Where the key comes from: the file, or the name of an environment variable. */
  from?: string | null;
}

export interface Integration {
  id: string;
  name: string;
  description: string;
  category: string;
  status: 'Available' | 'Active' | 'ComingSoon';
  configured: boolean;
  fields: Field[];
}

export interface Settings {
  /** Goes along with a change, so that nobody's newer one is written over. */
  revision: string;
  active_default_provider_integration_id: string | null;
  integrations: Integration[];
}

export interface Credentials {
  fields: { api_key?: string; default_model?: string };
  activate: boolean;
}

export function readSettings(): Promise<Settings> {
  return request('/api/integrations/settings');
}

export function saveCredentials(id: string, credentials: Credentials, revision: string): Promise<unknown> {
  return request(`/api/integrations/${encodeURIComponent(id)}/credentials`, {
    method: 'PUT',
    json: { ...credentials, revision },
  });
}
