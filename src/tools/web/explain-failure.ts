import type { EgressFailure } from '../../platform/egress/egress-error';
import { EgressError } from '../../platform/egress/egress-error';
import { EgressRefusal } from '../../platform/egress/egress-refusal';

const SENTENCES: Record<EgressFailure, string> = {
  dns: 'its host name does not exist. Check the spelling',
  refused: 'nothing listens there. Check the port, or try again later',
  unreachable: 'its network cannot be reached from here. Try another source',
  reset: 'the connection broke off. Try again once',
  tls: 'no secure connection could be made (wrong or expired certificate). Try another source',
  connect_timeout: 'no connection came about in time. Try again once, or another source',
  answer_timeout: 'the answer took too long. Try again once, or another source',
  idle_timeout: 'the answer took too long. Try again once, or another source',
  protocol: 'the answer was not valid HTTP. Try another source',
};

/** Why a call got no answer, for the model. Throws again what is no failure of a call. */
export function explainFailure(url: string, error: unknown): string {
  if (error instanceof EgressRefusal) return `The call was refused: ${error.message}.`;
  if (error instanceof EgressError) return `${url.slice(0, 300)} gave no answer: ${SENTENCES[error.failure]}.`;
  throw error;
}
