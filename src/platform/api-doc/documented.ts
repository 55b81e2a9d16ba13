import { SetMetadata } from '@nestjs/common';
import type { Schema } from './schema';

/** A body, of a request or an answer, beyond plain JSON of one shape. */
export interface Content {
  /** Left out, there is no body. */
  type?: string;
  schema?: Schema;
  example?: unknown;
  description?: string;
}

/** A parameter, where its validators do not say enough. */
export interface ParameterDoc {
  description?: string;
  example?: string;
  schema?: Schema;
}

/** What a route is for; its method, path, parameters, marks and bodies with a DTO are read from the code. */
export interface OperationDoc {
  /** What the call does, in a few words. */
  summary: string;
  /** Markdown. */
  description?: string;
  /** The heading it stands under; else the first segment of its path after `api`. */
  tag?: string;
  /** The body of the success, when that is JSON. */
  answer?: Schema;
  /** Of the success, when the handler sets it itself. */
  status?: number;
  /** Further answers, and the success when it is not JSON. */
  answers?: Readonly<Record<number, Content>>;
  /** The request's body, where it is not read by a DTO. */
  body?: Content;
  /** A request's JSON body to try it with. */
  example?: object;
  /** By name: of the path, the query or the headers. Those that the code does not show are taken from `query` and `headers`. */
  parameters?: Readonly<Record<string, ParameterDoc>>;
  /** Query parameters that no DTO names. */
  query?: readonly string[];
  /** Request headers that no decorator names. */
  headers?: readonly string[];
  /** Response headers of the success. */
  sends?: readonly string[];
  /** Stable codes of errors, by status. */
  errors?: Readonly<Record<number, readonly string[]>>;
  /** Who may call, when the marks of the route do not tell the whole: security requirements of OpenAPI. */
  access?: readonly Readonly<Record<string, readonly string[]>>[];
}

type Handlers<C> = { [K in keyof C]: C[K] extends (...args: never[]) => unknown ? K : never }[keyof C];

/** A page of documentation for every handler of a controller: one that is missing does not compile. */
export type ApiOf<C> = Readonly<Record<Handlers<C>, OperationDoc>>;

/** Gives the documentation of a controller; called only when somebody asks for it, so that it costs nothing at the start. */
export type LoadApi = () => { readonly api: Readonly<Record<string, OperationDoc>> };

const API = 'api-doc:load';

/** Names where a controller's routes are documented: `@Documented(() => require('./cost.openapi'))`. */
export const Documented = (load: LoadApi): ClassDecorator => SetMetadata(API, load);

export function documentationOf(controller: object): Readonly<Record<string, OperationDoc>> | undefined {
  return (Reflect.getMetadata(API, controller) as LoadApi | undefined)?.().api;
}
