import type { ApiOf } from '../platform/api-doc/documented';
import { anything, mapOf } from '../platform/api-doc/schema';
import type { OpenApiController } from './openapi.controller';

export const api: ApiOf<OpenApiController> = {
  show: {
    tag: 'docs',
    summary: 'This document',
    description: 'OpenAPI 3.1, made from the code that runs. Takes a token of any scope.',
    answer: mapOf(anything),
    answers: { 304: { description: 'The document that If-None-Match names is still the right one.' } },
    sends: ['ETag'],
  },
  page: {
    tag: 'docs',
    summary: 'To the readable page',
    status: 302,
    answers: { 302: { description: 'The page is part of the dashboard.' } },
    sends: ['Location'],
  },
};
