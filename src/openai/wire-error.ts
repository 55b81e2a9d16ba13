import { AppError } from '../platform/errors/app-error';

/** The codes under which `/v1` refuses a body; they reach the client as `error.code`, `error.param` names the field. */
export type WireErrorCode =
  | 'invalid_json'
  | 'invalid_messages'
  | 'invalid_type'
  | 'invalid_value'
  | 'missing_required_parameter'
  | 'unknown_parameter'
  | 'unsupported_parameter'
  | 'unsupported_value';

/** A 400 in OpenAI's vocabulary. */
export function refuse(code: WireErrorCode, message: string, param?: string): AppError {
  return new AppError(400, `openai.${code}`, message, param === undefined ? {} : { param });
}
