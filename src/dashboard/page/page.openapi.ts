import type { ApiOf } from '../../platform/api-doc/documented';
import { text } from '../../platform/api-doc/schema';
import type { PageController } from './page.controller';

export const api: ApiOf<PageController> = {
  asset: {
    tag: 'page',
    summary: 'A file of the dashboard',
    description: 'Its name changes with its content, so that it may be kept for a year.',
    parameters: { name: { example: 'index.js' } },
    answers: { 200: { type: 'text/javascript', schema: text } },
    errors: { 404: ['request.not_found'] },
  },
  document: {
    tag: 'page',
    summary: 'The dashboard',
    description: 'For browsers (`Accept: text/html`), also at every other address that nothing else answers.',
    headers: ['Accept'],
    parameters: { Accept: { example: 'text/html' } },
    answers: { 200: { type: 'text/html', schema: text } },
    errors: { 404: ['request.not_found'] },
  },
};
