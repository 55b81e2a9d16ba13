import { registerDecorator } from 'class-validator';
import { ScheduleError } from './schedule';

/** An IANA time zone (`Europe/Berlin`) that this Node.js knows. */
export function isTimeZone(name: unknown): boolean {
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Throws ScheduleError for a name that is none. */
export function assertTimeZone(name: string): void {
  if (isTimeZone(name)) return;
  const shown = JSON.stringify(name.slice(0, 64));
  throw new ScheduleError(
    'timezone',
    `The \`timezone\` ${shown} is not a name of the IANA database, such as Europe/Berlin`,
  );
}

/** For keys of the configuration. */
export function IsTimeZone(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isTimeZone',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: isTimeZone,
        defaultMessage: () => '$property must be a name of the IANA database, such as Europe/Berlin',
      },
    });
}
