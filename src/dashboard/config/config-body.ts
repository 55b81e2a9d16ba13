import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { TomlTable } from '../../platform/config/toml-document';
import { isTable } from '../../platform/config/toml-document';
import { AppError } from '../../platform/errors/app-error';
import type { GatewayRequest } from '../../platform/http/principal';
import { readBody } from '../../platform/http/read-body';

/** Bytes of a configuration at the most. */
const LIMIT = 1_048_576;
const PATCH_TYPES = new Set(['application/json', 'application/merge-patch+json']);

/** Paths whose bodies are read here: they may be larger than others, and TOML comes under any content type. */
export const configPaths: readonly string[] = ['/api/config', '/api/config/check'];

/** The body as TOML text, whatever its content type says. */
export const TomlBody = createParamDecorator((_: unknown, context: ExecutionContext) =>
  readText(context.switchToHttp().getRequest<GatewayRequest>()),
);

/** The body as a JSON merge patch (RFC 7396): an object. */
export const MergePatchBody = createParamDecorator(async (_: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<GatewayRequest>();
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!PATCH_TYPES.has(type)) {
    const sentence = 'Send the patch as application/merge-patch+json; PUT takes TOML';
    throw new AppError(415, 'request.unsupported_media_type', sentence, {
      headers: { 'Accept-Patch': [...PATCH_TYPES].join(', ') },
    });
  }
  return parsePatch(await readText(request));
});

async function readText(request: GatewayRequest): Promise<string> {
  const bytes = await readBody(request, LIMIT);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError(400, 'config.not_utf8', 'Send the configuration as UTF-8');
  }
  if (text.trim() === '') {
    throw new AppError(400, 'config.empty', 'The request has no body: send the whole text, be it one comment');
  }
  return text;
}

function parsePatch(text: string): TomlTable {
  let patch: unknown;
  try {
    patch = JSON.parse(text);
  } catch (error) {
    throw new AppError(400, 'request.invalid_json', `The patch is not valid JSON: ${(error as Error).message}`);
  }
  if (isTable(patch)) return patch;
  throw new AppError(400, 'request.invalid_json', 'The patch must be a JSON object, such as {"gateway":{"port":8080}}');
}
