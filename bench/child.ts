/** The child's side of the bench's own processes: say which port was bound, answer questions of the runner. */
import type { Server } from 'node:net';

export interface Question {
  id: number;
  ask: unknown;
}

export type Reply = { port: number } | { id: number; value: unknown } | { id: number; error: string };

function tell(reply: Reply): void {
  process.send?.(reply);
}

export function ready(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    tell({ port: address.port });
  });
}

/** For a process that listens nowhere. */
export function readyWithoutPort(): void {
  tell({ port: 0 });
}

/** Answers every question with what `handle` gives. */
export function answer(handle: (ask: unknown) => unknown): void {
  process.on('message', (question: Question) => {
    Promise.resolve()
      .then(() => handle(question.ask))
      .then(
        (value) => tell({ id: question.id, value }),
        (error: unknown) => tell({ id: question.id, error: String(error) }),
      );
  });
}

process.on('disconnect', () => process.exit(0));
