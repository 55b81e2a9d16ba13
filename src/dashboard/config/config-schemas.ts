import { integer, list, named, nullable, object, oneOf, text } from '../../platform/api-doc/schema';

/** A problem or a warning, with its place in config.toml. */
export const remark = named(
  'ConfigRemark',
  object({ key: text, line: nullable(integer), column: nullable(integer), from: text, message: text }),
);

export const effect = { changed: list(text), live: list(text), restart_needed: list(text) };

/** What a write has done. */
export const written = named(
  'ConfigWritten',
  object({ status: oneOf('ok'), etag: text, revision: nullable(text), ...effect, emptied: list(text) }),
);

/** Why a write was refused. */
export const refusals = {
  400: ['config.invalid', 'config.empty', 'config.not_utf8'],
  409: ['config.not_writable', 'config.broken', 'config.locked'],
  412: ['config.changed_meanwhile'],
  413: ['request.too_large'],
};

export const ifMatch = {
  'If-Match': { description: 'The ETag that was read: another writer’s change is not overwritten then (412).' },
};
