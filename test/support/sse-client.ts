/** One event as an `EventSource` would give it. */
export interface ServerSentEvent {
  id: string;
  /** `message` when the server gave no name. */
  event: string;
  data: string;
}

/** The events of a response as they come; comments are left out, half an event at a cut too. */
export async function* readEvents(response: Response): AsyncGenerator<ServerSentEvent, void, undefined> {
  let rest = '';
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    rest += text;
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parse(block);
      if (event) yield event;
    }
  }
}

function parse(block: string): ServerSentEvent | undefined {
  const fields = { id: '', event: 'message', data: '' };
  for (const line of block.split('\n')) {
    const [, name, value] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields[name as keyof typeof fields] = value;
  }
  return fields.data === '' ? undefined : fields;
}
