import { Logger } from '@nestjs/common';
import type { ArgumentsHost } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AppError } from '../../../../src/platform/errors/app-error';
import { ErrorFilter } from '../../../../src/platform/errors/error.filter';

const filter = new ErrorFilter(new HttpAdapterHost());

/** What is logged about an error whose caller has left already. */
function logged(thrown: unknown): unknown[] {
  const lines: unknown[] = [];
  const take = (level: string) => (fields: object) => lines.push([level, Object.keys(fields)]);
  Logger.overrideLogger({ log: take('log'), warn: take('warn'), error: take('error') });
  const host = {
    switchToHttp: () => ({
      getRequest: () => ({ method: 'GET' }),
      getResponse: () => ({ destroyed: true, destroy() {} }),
    }),
  };
  try {
    filter.catch(thrown, host as unknown as ArgumentsHost);
  } finally {
    Logger.overrideLogger(false);
  }
  return lines;
}

const WITH_STACK = [['error', ['err', 'code', 'method']]];

test.each<[string, unknown, unknown[]]>([
  ['what nobody expected', new TypeError('x is not a function'), WITH_STACK],
  [
    'a fault behind a 503',
    new AppError(503, 'room.away', 'Away', { retryAfter: 5, cause: new Error('reset') }),
    WITH_STACK,
  ],
  ['a 502', new AppError(502, 'provider.connection', 'Not reached'), WITH_STACK],
  [
    'no room, said on purpose',
    new AppError(503, 'room.full', 'Full', { retryAfter: 5 }),
    [['warn', ['code', 'method']]],
  ],
  ['a mistake of the caller', new AppError(400, 'request.invalid_field', 'No'), []],
])('the log about %s', (_case, thrown, expected) => {
  expect(logged(thrown)).toEqual(expected);
});
