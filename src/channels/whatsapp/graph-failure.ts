import type { ChannelAnswer } from '../core/channel-http';
import type { DeliveryFailure, DeliveryScope } from '../core/delivery-error';
import { idOf, objectOf, textOf } from '../core/wire-value';
import type { WireObject } from '../core/wire-value';

/**
 * Codes whose HTTP status does not tell what helps.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
 */
const CODES: Readonly<Record<DeliveryFailure, ReadonlySet<number>>> = {
  /** Throttling, and faults on Meta's side. */
  retry: new Set([2, 4, 17, 32, 613, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004]),
  /** Token, permissions, or an account that Meta restricts: the operator has to act. */
  credentials: new Set([0, 3, 10, 33, 190, 368, 131005, 131031, 131037, 131042, 131045, 133010]),
  /** This person cannot be written to, or not now and not with free text. */
  permanent: new Set([130472, 130497, 131021, 131026, 131030, 131047, 131049, 131050, 131051]),
};

/** What the operator can do; Meta's own words say what went wrong. */
const ADVICE = new Map([
  [190, 'copy a new [channels_config.whatsapp].access_token from Business settings > System users'],
  [131030, 'the test number only reaches the numbers listed in WhatsApp > API Setup'],
  [131047, 'more than 24 hours have passed since this person wrote; only an approved template reaches them now'],
]);

/** WhatsApp's pair rate limit lets one message in six seconds through to one person; other limits are those of the number. */
const PAIR_LIMIT = { code: 131056, waitMs: 6_000 };
/** Of code 100: the number's ID does not exist, or the token may not use it. */
const UNKNOWN_OBJECT = 33;

export interface GraphFailure {
  /** Undefined: go by the HTTP status. */
  readonly failure: DeliveryFailure | undefined;
  /** Code and words of Meta; empty when the answer was none of the Graph API. */
  readonly words: string;
  readonly waitMs: number | undefined;
  readonly scope: DeliveryScope;
}

/** Reads `{"error": {message, code, error_data}}`. */
export function graphFailure({ json }: ChannelAnswer): GraphFailure {
  const error = objectOf(objectOf(json)['error']);
  const code = typeof error['code'] === 'number' ? error['code'] : undefined;
  if (code === undefined) return { failure: undefined, words: '', waitMs: undefined, scope: 'channel' };
  const isPairLimit = code === PAIR_LIMIT.code;
  return {
    failure: kindOf(code, error),
    words: wordsOf(code, error),
    waitMs: isPairLimit ? PAIR_LIMIT.waitMs : undefined,
    scope: isPairLimit ? 'conversation' : 'channel',
  };
}

function kindOf(code: number, error: WireObject): DeliveryFailure | undefined {
  if (code >= 200 && code <= 299) return 'credentials';
  if (code === 100 && error['error_subcode'] === UNKNOWN_OBJECT) return 'credentials';
  const kinds = Object.entries(CODES) as [DeliveryFailure, ReadonlySet<number>][];
  return kinds.find(([, codes]) => codes.has(code))?.[0];
}

function wordsOf(code: number, error: WireObject): string {
  const message = textOf(error['message']);
  const told = [
    message.includes(String(code)) ? message : `(#${idOf(code)}) ${message}`,
    textOf(objectOf(error['error_data'])['details']),
    ADVICE.get(code) ?? '',
  ];
  return told.filter(Boolean).join(': ');
}
