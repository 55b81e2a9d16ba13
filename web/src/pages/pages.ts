import type { ComponentType } from 'react';
import { lazy } from 'react';

export interface Page {
  path: string;
  title: string;
  /** Pages with the same heading stand together in the navigation. */
  group: 'Work' | 'Watch' | 'Set up';
  component: ComponentType;
}

/** Every page behind the pairing, one line each, in the order of the navigation; each is loaded when it is first opened. */
export const pages: readonly Page[] = [
  {
    path: '/overview',
    title: 'Overview',
    group: 'Work',
    component: page(async () => (await import('./overview/overview-page')).OverviewPage),
  },
  {
    path: '/chat',
    title: 'Chat',
    group: 'Work',
    component: page(async () => (await import('./chat/chat-page')).ChatPage),
  },
  {
    path: '/memory',
    title: 'Memory',
    group: 'Work',
    component: page(async () => (await import('./memory/memory-page')).MemoryPage),
  },
  {
    path: '/channels',
    title: 'Channels',
    group: 'Work',
    component: page(async () => (await import('./channels/channels-page')).ChannelsPage),
  },
  {
    path: '/cron',
    title: 'Cron',
    group: 'Work',
    component: page(async () => (await import('./cron/cron-page')).CronPage),
  },
  {
    path: '/tools',
    title: 'Tools',
    group: 'Work',
    component: page(async () => (await import('./tools/tools-page')).ToolsPage),
  },
  {
    path: '/cost',
    title: 'Cost',
    group: 'Watch',
    component: page(async () => (await import('./cost/cost-page')).CostPage),
  },
  {
    path: '/events',
    title: 'Events',
    group: 'Watch',
    component: page(async () => (await import('./events/events-page')).EventsPage),
  },
  {
    path: '/audit',
    title: 'Audit',
    group: 'Watch',
    component: page(async () => (await import('./audit/audit-page')).AuditPage),
  },
  {
    path: '/devices',
    title: 'Devices',
    group: 'Set up',
    component: page(async () => (await import('./devices/devices-page')).DevicesPage),
  },
  {
    path: '/config',
    title: 'Configuration',
    group: 'Set up',
    component: page(async () => (await import('./config/config-page')).ConfigPage),
  },
  {
    path: '/integrations',
    title: 'Integrations',
    group: 'Set up',
    component: page(async () => (await import('./integrations/integrations-page')).IntegrationsPage),
  },
  {
    path: '/doctor',
    title: 'Doctor',
    group: 'Set up',
    component: page(async () => (await import('./doctor/doctor-page')).DoctorPage),
  },
  {
    path: '/api-docs',
    title: 'API',
    group: 'Set up',
    component: page(async () => (await import('./api/api-page')).ApiPage),
  },
  {
    path: '/about',
    title: 'About',
    group: 'Set up',
    component: page(async () => (await import('./about/about-page')).AboutPage),
  },
];

/** A page whose code comes when it is needed. */
export function page(load: () => Promise<ComponentType>): ComponentType {
  return lazy(async () => ({ default: await load() }));
}
