import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { Egress } from '../../platform/egress/egress';
import { EgressError } from '../../platform/egress/egress-error';
import { DeliveryError } from './delivery-error';

const ANSWER_TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_QUOTED = 300;

export interface ChannelCall {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Absolute, of a host that the operator's table names. */
  url: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Bytes of the answer at the most, for calls that ask for lists; the rest is cut off. Left out: 256 KiB. */
  maxBytes?: number;
  signal: AbortSignal;
}

export interface ChannelAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body; undefined when it is not JSON. */
  json: unknown;
  text: string;
}

/** Calls of channels to their platforms, through the egress room. */
@Injectable()
export class ChannelHttp {
  constructor(
    private readonly egress: Egress,
    private readonly clock: Clock,
  ) {}

  /** Resolves with any status. Rejects with a DeliveryError of `retry` when no answer came, or with the signal's reason. */
  async call({ method = 'POST', url, headers = {}, json, maxBytes, signal }: ChannelCall): Promise<ChannelAnswer> {
    const { origin, pathname, search } = new URL(url);
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    try {
      const answer = await this.egress.request({
        origin,
        path: pathname + search,
        method,
        headers: { accept: 'application/json', 'user-agent': 'zeroclaw-gateway', ...type, ...headers },
        ...body,
        signal,
        answerTimeout: ANSWER_TIMEOUT_MS,
        idleTimeout: ANSWER_TIMEOUT_MS,
      });
      const text = await answer.body.text(maxBytes ?? MAX_ANSWER_BYTES);
      return { status: answer.statusCode, headers: answer.headers, text, json: parsed(text) };
    } catch (error) {
      if (error instanceof EgressError) throw new DeliveryError('retry', error.message, undefined, { cause: error });
      throw error;
    }
  }

  /** The failure that an answer of 400 and more stands for, by the usual meaning of HTTP. */
  failureOf({ status, headers, text }: ChannelAnswer): DeliveryError {
    const words = `HTTP ${status}: ${text.slice(0, MAX_QUOTED)}`;
    if (status === 401 || status === 403) return new DeliveryError('credentials', words);
    if (status === 408 || status === 425 || status === 429 || status >= 500) {
      return new DeliveryError('retry', words, this.retryAfterMs(headers['retry-after']));
    }
    return new DeliveryError('permanent', words);
  }

  /** `Retry-After` (RFC 9110 §10.2.3) in milliseconds: seconds or a date. */
  retryAfterMs(header: string | string[] | undefined): number | undefined {
    const value = Array.isArray(header) ? header[0] : header;
    if (value === undefined) return undefined;
    if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
    const date = Date.parse(value);
    return Number.isNaN(date) ? undefined : Math.max(0, date - this.clock.now());
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
