import { type CompletionPart } from '../contract/completion';
import { type TransportResponse } from '../contract/transport';
import { VendorError } from '../contract/vendor-error';
import { type CompletionMachine, readCompletionStream } from './completion-stream';

/** A response over the given pieces; an error among them is thrown in its place. */
class FakeResponse implements TransportResponse {
  readonly status = 200;
  readonly headers = {};
  ended: 'left' | 'discarded' | 'read' | null = null;

  constructor(private readonly pieces: (string | Error)[]) {}

  get body(): AsyncIterable<Buffer> {
    const next = async (): Promise<IteratorResult<Buffer>> => {
      const piece = this.pieces.shift();
      if (piece instanceof Error) throw piece;
      if (piece !== undefined) return { done: false, value: Buffer.from(piece) };
      this.ended = 'read';
      return { done: true, value: undefined };
    };
    const leave = async (): Promise<IteratorResult<Buffer>> => {
      this.ended ??= 'left';
      return { done: true, value: undefined };
    };
    return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
  }

  bytes(): Promise<Buffer> {
    return Promise.reject(new Error('not used'));
  }

  async text(): Promise<string> {
    throw new Error('A stream is not read as a text.');
  }

  async discard(): Promise<void> {
    this.ended ??= 'discarded';
  }
}

/** Gives each event's data as text; `end` is the last event. */
class EchoMachine implements CompletionMachine {
  finished = false;
  constructor(private readonly clean = false) {}
  accept({ data }: { data: string }): CompletionPart[] {
    if (data === 'end') this.finished = true;
    return data === 'end' ? [] : [{ type: 'text', text: data }];
  }
  endsCleanly(): boolean {
    return this.clean;
  }
  finish(): CompletionPart[] {
    return [{ type: 'text', text: 'finish' }];
  }
  reportedUsage() {
    return { metered: null, rawUsage: { seen: true } };
  }
}

async function textsOf(
  response: TransportResponse,
  machine: CompletionMachine,
  limit = Infinity,
): Promise<string[]> {
  const texts: string[] = [];
  for await (const part of readCompletionStream(response, machine)) {
    if (part.type === 'text') texts.push(part.text);
    if (texts.length === limit) break;
  }
  return texts;
}

describe('readCompletionStream', () => {
  it('gives the parts of all events, then the finish, and keeps the connection', async () => {
    const response = new FakeResponse(['data: a\n\ndata: b\n', '\ndata: end\n\ndata: late\n\n']);
    expect(await textsOf(response, new EchoMachine())).toEqual(['a', 'b', 'finish']);
    expect(response.ended).toBe('discarded');
  });

  it('takes an end without the last event as a cut, unless the machine says otherwise', async () => {
    await expect(textsOf(new FakeResponse(['data: a\n\n']), new EchoMachine())).rejects.toMatchObject({
      kind: 'cut',
      status: 200,
      rawUsage: { seen: true },
    });
    expect(await textsOf(new FakeResponse(['data: a\n\n']), new EchoMachine(true))).toEqual(['a', 'finish']);
    expect(await textsOf(new FakeResponse(['data: a\n\ndata: end\n']), new EchoMachine())).toEqual([
      'a',
      'finish',
    ]);
  });

  it('adds the usage to what went wrong underneath, and passes on what is no VendorError', async () => {
    const stalled = new FakeResponse(['data: a\n\n', new VendorError('stalled', 'silence')]);
    await expect(textsOf(stalled, new EchoMachine())).rejects.toMatchObject({
      kind: 'stalled',
      message: 'silence',
      rawUsage: { seen: true },
    });
    const broken = new FakeResponse([new TypeError('a bug')]);
    await expect(textsOf(broken, new EchoMachine())).rejects.toThrow(TypeError);
  });

  it('closes the connection when the reader leaves', async () => {
    const response = new FakeResponse(['data: a\n\ndata: b\n\n', 'data: c\n\n']);
    expect(await textsOf(response, new EchoMachine(), 1)).toEqual(['a']);
    expect(response.ended).toBe('left');
  });

  it('refuses more than it may hold, closes the connection and tells the usage', async () => {
    const response = new FakeResponse(['data: abc\n\ndata: de\n\n', 'data: f\n\n', 'data: end\n\n']);
    const texts: string[] = [];
    const read = async (): Promise<void> => {
      for await (const part of readCompletionStream(response, new EchoMachine(), 5)) {
        if (part.type === 'text') texts.push(part.text);
      }
    };
    await expect(read()).rejects.toMatchObject({
      kind: 'bad_response',
      message: 'The vendor streamed more than 5 characters.',
      rawUsage: { seen: true },
    });
    expect(texts).toEqual(['abc', 'de']);
    expect(response.ended).toBe('left');
  });

  it('counts text, thinking and tool calls together', async () => {
    const parts: CompletionPart[] = [
      { type: 'text', text: 'ab' },
      { type: 'reasoning', text: 'cd' },
      { type: 'tool_call_delta', index: 0, id: 'e', name: 'f', arguments: 'gh' },
    ];
    const run = async (maxCharacters: number): Promise<number> => {
      const machine = new EchoMachine(true);
      machine.accept = () => parts;
      let count = 0;
      const stream = readCompletionStream(new FakeResponse(['data: x\n\n']), machine, maxCharacters);
      for await (const _part of stream) count += 1;
      return count;
    };
    expect(await run(8)).toBe(4);
    await expect(run(7)).rejects.toMatchObject({ kind: 'bad_response' });
  });
});
