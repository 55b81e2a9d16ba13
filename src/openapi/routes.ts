import { RequestMethod } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import {
  CUSTOM_ROUTE_ARGS_METADATA,
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants';
import { documentationOf } from '../platform/api-doc/documented';
import type { OperationDoc } from '../platform/api-doc/documented';
import { FALLBACK_ROUTE } from '../platform/http/allowed-methods';

/** What a handler takes from a request, as its decorators say. */
export interface RouteArgument {
  /** `own`: by a decorator of ours. */
  from: 'query' | 'path' | 'header' | 'own';
  /** Of the one parameter that it takes; undefined for all of them. */
  name: string | undefined;
  /** The class that the compiler wrote down. */
  type: unknown;
  data: unknown;
}

export interface Route {
  method: string;
  /** As Express takes it: `/api/cron/:id`. */
  path: string;
  controller: Type;
  handler: object;
  handlerName: string;
  /** Of the success, unless the handler chooses it. */
  status: number;
  arguments: readonly RouteArgument[];
  doc: OperationDoc | undefined;
}

/** Nest's numbers of what a parameter decorator takes. */
const SOURCES: Record<string, RouteArgument['from']> = { 4: 'query', 5: 'path', 6: 'header' };

/** Every route of a controller, but for the one that answers at every path. */
export function routesOf(controller: Type): Route[] {
  const prototype = controller.prototype as Record<string, object>;
  const docs = documentationOf(controller);
  return Object.getOwnPropertyNames(prototype).flatMap((handlerName) => {
    if (handlerName === 'constructor') return [];
    const handler = Object.getOwnPropertyDescriptor(prototype, handlerName)?.value as unknown;
    if (typeof handler !== 'function') return [];
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const route = {
      method: RequestMethod[method].toLowerCase(),
      controller,
      handler,
      handlerName,
      status: statusOf(handler, method),
      arguments: argumentsOf(controller, handlerName),
      doc: docs?.[handlerName],
    };
    return pathsOf(controller, handler).map((path) => ({ ...route, path }));
  });
}

function statusOf(handler: object, method: RequestMethod): number {
  const set = Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined;
  return set ?? (method === RequestMethod.POST ? 201 : 200);
}

function pathsOf(controller: object, handler: object): string[] {
  const prefixes = metadataPaths(controller);
  return prefixes.flatMap((prefix) =>
    metadataPaths(handler)
      .filter((path) => path !== FALLBACK_ROUTE)
      .map((path) => `/${[...prefix.split('/'), ...path.split('/')].filter(Boolean).join('/')}`),
  );
}

function metadataPaths(target: object): string[] {
  const path = Reflect.getMetadata(PATH_METADATA, target) as string | string[] | undefined;
  return path === undefined ? [''] : [path].flat();
}

function argumentsOf(controller: Type, handlerName: string): RouteArgument[] {
  const marks = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handlerName) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, handlerName) ??
    []) as unknown[];
  return Object.entries(marks).flatMap(([key, { index, data }]) => {
    const from = key.includes(CUSTOM_ROUTE_ARGS_METADATA) ? 'own' : SOURCES[key.split(':', 1)[0] ?? ''];
    if (from === undefined) return [];
    return [{ from, data, name: from !== 'own' && typeof data === 'string' ? data : undefined, type: types[index] }];
  });
}
