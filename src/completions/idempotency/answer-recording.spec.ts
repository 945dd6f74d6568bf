import { AnswerRecording } from './answer-recording';
import { MAX_ANSWER_BYTES } from './idempotency.service';
import { type StoredAnswer } from './stored-answer';

describe('A recording', () => {
  let ends: unknown[];
  let recording: AnswerRecording;

  beforeEach(() => {
    ends = [];
    recording = new AnswerRecording({
      kind: 'run',
      keep: (answer: StoredAnswer | null) => {
        ends.push(answer);
        return Promise.resolve();
      },
      release: () => {
        ends.push('released');
        return Promise.resolve();
      },
    });
  });

  it('stores what was sent, text and bytes alike, once', async () => {
    recording.wrote('Grü');
    recording.wrote(new Uint8Array([0xc3, 0x9f, 1]).subarray(0, 2));
    await recording.ending(200, { 'content-type': 'text/plain', 'x-request-id': 'r' });
    await recording.ending(200, {});
    await recording.release();
    expect(ends).toEqual([
      { status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from('Grüß') },
    ]);
  });

  it('frees the key of an answer that did not come to its end, once', async () => {
    recording.wrote('a');
    await recording.release();
    await recording.ending(200, {});
    await recording.release();
    expect(ends).toEqual(['released']);
  });

  it.each([
    ['at the limit', 0, true],
    ['over it', 1, false],
  ])('holds an answer %s', async (_name, over, stored) => {
    recording.wrote(Buffer.alloc(MAX_ANSWER_BYTES / 2));
    recording.wrote(Buffer.alloc(MAX_ANSWER_BYTES / 2 + over));
    recording.wrote('');
    await recording.ending(200, {});
    expect(ends.map((end) => end !== null)).toEqual([stored]);
  });
});
