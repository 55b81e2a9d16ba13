import { SetMetadata } from '@nestjs/common';
import type { GatewayRequest } from '../http/principal';

export interface IdempotentOptions {
  /**
   * Reads the body of a door that does not use the shared JSON parser. Called only for requests with a key; the bytes are then in
   * `request.rawBody`, where the handler has to look before it reads the request itself.
   */
  readBody?: (request: GatewayRequest) => Promise<Uint8Array>;
}

/** A controller's method. */
type Handler = object & { readonly name: string };

const OPTIONS = 'idempotency:options';

export const setIdempotentOptions = (options: IdempotentOptions) => SetMetadata(OPTIONS, options);

export function idempotentOptions(handler: Handler): IdempotentOptions {
  return (Reflect.getMetadata(OPTIONS, handler) as IdempotentOptions | undefined) ?? {};
}

/** Whether the handler carries `@Idempotent`. */
export function isIdempotent(handler: object): boolean {
  return Reflect.hasMetadata(OPTIONS, handler);
}
