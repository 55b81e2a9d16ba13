import { applyDecorators } from '@nestjs/common';
import { IsString, ValidateBy } from 'class-validator';

export interface BaseUrlOptions {
  /** Also take an empty text, for a key without a default: the channel's `problem()` then says that it is missing. */
  orEmpty?: boolean;
  /** It is called as it stands, so it may have a query. */
  withQuery?: boolean;
}

/**
 * The key is the http(s) address of a platform, to which paths are added: one that can be called (`http://host:99999` cannot), without
 * query and fragment, and without a user, which would not be sent.
 */
export function IsBaseUrl({ orEmpty = false, withQuery = false }: BaseUrlOptions = {}): PropertyDecorator {
  const shape = withQuery ? /^https?:\/\/[^\s/?#][^\s#]*$/ : /^https?:\/\/[^\s/?#][^\s?#]*$/;
  const validate = (value: unknown) =>
    typeof value === 'string' && (isAddress(value, shape) || (orEmpty && value === ''));
  const defaultMessage = () =>
    `an address such as https://chat.example.com/api, without ${withQuery ? 'user and #' : 'user, ? and #'}`;
  return applyDecorators(IsString(), ValidateBy({ name: 'isBaseUrl', validator: { validate, defaultMessage } }));
}

function isAddress(text: string, shape: RegExp): boolean {
  if (!shape.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
