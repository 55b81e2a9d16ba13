import type { ApiOf } from '../../platform/api-doc/documented';
import { anything, flag, list, mapOf, nullable, object, oneOf, text } from '../../platform/api-doc/schema';
import { effect, ifMatch, refusals, remark, written } from './config-schemas';
import type { ConfigController } from './config.controller';

const toml = { type: 'application/toml', schema: text };

export const api: ApiOf<ConfigController> = {
  show: {
    summary: 'config.toml without its secrets',
    answer: object({
      format: oneOf('toml'),
      content: text,
      etag: text,
      revision: nullable(text),
      file: text,
      writable: flag,
      reason: nullable(text),
      environment: list(object({ key: text, name: text })),
      problems: list(remark),
      warnings: list(remark),
      restart_needed: list(text),
    }),
    sends: ['ETag'],
  },
  replace: {
    summary: 'Replace config.toml',
    description:
      'Masked secrets keep their value; comments stay as they are sent. Checked before it is written, and taken up at once.',
    parameters: ifMatch,
    body: { ...toml, example: '[agent]\nmax_tool_iterations = 8\n' },
    answer: written,
    sends: ['ETag'],
    errors: refusals,
  },
  patch: {
    summary: 'Change keys of config.toml',
    description: 'A JSON merge patch (RFC 7396): null removes a key. Comments and order stay.',
    parameters: ifMatch,
    body: {
      type: 'application/merge-patch+json',
      schema: mapOf(anything),
      example: { agent: { max_tool_iterations: 12 } },
    },
    answer: written,
    sends: ['ETag'],
    errors: {
      ...refusals,
      400: [...refusals[400], 'request.invalid_json'],
      415: ['request.unsupported_media_type'],
    },
  },
  check: {
    summary: 'Check a configuration',
    description: 'Says what is wrong with it and what it would change. Writes nothing.',
    body: { ...toml, example: '[gateway]\nport = 8080\n' },
    answer: object({ ok: flag, problems: list(remark), warnings: list(remark), ...effect }),
    errors: { 400: ['config.empty', 'config.not_utf8'], 413: ['request.too_large'] },
  },
};
