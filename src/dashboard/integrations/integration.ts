export type IntegrationCategory =
  | 'Chat'
  | 'AiModel'
  | 'Productivity'
  | 'MusicAudio'
  | 'SmartHome'
  | 'ToolsAutomation'
  | 'MediaCreative'
  | 'Social'
  | 'Platform';

/** `Active`: in use as configured now. `Available`: this gateway serves it. `ComingSoon`: ZeroClaw lists it, this gateway does not serve it. */
export type IntegrationStatus = 'Available' | 'Active' | 'ComingSoon';

export interface Integration {
  name: string;
  description: string;
  category: IntegrationCategory;
  status: IntegrationStatus;
}

/** `Z.AI` is `z-ai`. */
export function integrationId(name: string): string {
  return name.toLowerCase().replaceAll(/[ /.]/g, '-');
}
