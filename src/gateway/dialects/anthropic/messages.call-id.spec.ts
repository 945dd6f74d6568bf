import { readCallId, writeCallId } from './messages.call-id';

describe("a call's id", () => {
  it.each([
    ['without a signature', { id: 'call_1' }],
    ['with one', { id: 'call_1', signature: 'Ab+/9w==' }],
    ['with one that is no base64', { id: 'call_1', signature: 'ä signature.' }],
    ['that looks as if it had one', { id: 'call__signature__QQ', signature: 'B' }],
  ])('%s comes back as it was', (_name, call) => {
    expect(readCallId(writeCallId(call))).toEqual(call);
    expect(writeCallId(call)).toMatch(/^[a-zA-Z0-9_-]+$/);
  });

  it.each(['toolu_01A', '__signature__QQ', 'call_1__signature__', ''])(
    'of another origin is left alone: %s',
    (id) => {
      expect(readCallId(id)).toEqual({ id });
    },
  );
});
