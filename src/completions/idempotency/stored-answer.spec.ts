import { keptHeaders, packAnswer, unpackAnswer } from './stored-answer';

describe('A stored answer', () => {
  it.each([
    ['text', Buffer.from('{"content":"Grüße 🙂"}')],
    ['bytes that are no text', Buffer.from([0, 255, 254, 10, 0])],
    ['nothing', Buffer.alloc(0)],
  ])('comes back with its status, headers and body of %s', (_name, body) => {
    const answer = {
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'x-studio-model': 'ä' },
      body,
    };
    expect(unpackAnswer(packAnswer(answer))).toEqual(answer);
  });

  it('keeps the headers that tell of it, and none that tell of its request', () => {
    const told = {
      'content-type': 'application/json',
      'Cache-Control': 'no-cache',
      'x-studio-attempts': 2,
      'x-studio-cost': '0.1',
    };
    const ofTheRequest = {
      'x-request-id': 'r1',
      date: 'now',
      'content-length': 5,
      'x-ratelimit-limit-requests': '60',
      'set-cookie': ['a', 'b'],
      'x-studio-none': undefined,
    };
    expect(keptHeaders({ ...told, ...ofTheRequest })).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-cache',
      'x-studio-attempts': '2',
      'x-studio-cost': '0.1',
    });
  });
});
