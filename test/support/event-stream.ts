/** One server-sent event of our own stream. */
export interface ReceivedEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Reads a stream of server-sent events to its end. */
export async function readEvents(response: Response): Promise<ReceivedEvent[]> {
  const text = await response.text();
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const fields = new Map(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      return { event: fields.get('event') ?? '', data: JSON.parse(fields.get('data') ?? 'null') as unknown };
    });
}
