import type { ChannelAnswer } from './channel-http';
import { isObject } from './wire-value';

/**
 * Whether an answer of a JSON API says that it is done: any 2xx, whatever it tells, because a second attempt after a first that was taken
 * shows the message twice. An error with 2xx does not, nor does what is no JSON, such as the page of a proxy.
 */
export function isConfirmed({ status, json, text }: ChannelAnswer): boolean {
  if (status < 200 || status > 299) return false;
  return text === '' || (isObject(json) && json['error'] === undefined);
}
