import { notifications } from '@mantine/notifications';
import { sentenceOf } from '../api/api-error';

/** A passing word that something is done. */
export function tellDone(message: string): void {
  notifications.show({ message, color: 'teal', withBorder: true });
}

/** A passing word that something was refused, in the gateway's own sentence. */
export function tellFailure(error: unknown): void {
  notifications.show({
    title: 'That did not work',
    message: sentenceOf(error),
    color: 'red',
    withBorder: true,
    autoClose: 10_000,
  });
}
