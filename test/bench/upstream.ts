import { createServer, type Socket } from 'node:net';

// A vendor that answers every request with the same chat completion, as fast as Node can: no HTTP parser,
// one write per answer. It runs in a process of its own.

const completion = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_760_000_000,
  model: 'gpt-4o',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'The ledger holds every call, what it used and what it cost. '.repeat(6),
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 420,
    completion_tokens: 96,
    total_tokens: 516,
    prompt_tokens_details: { cached_tokens: 128, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  },
  service_tier: 'default',
  system_fingerprint: 'fp_bench',
});

const answer = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(completion)}`,
    'x-request-id: req_bench',
    'openai-processing-ms: 1',
    'openai-version: 2020-10-01',
    '',
    completion,
  ].join('\r\n'),
);
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LENGTH = /content-length: (\d+)/i;

function serve(socket: Socket): void {
  let unread = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    for (;;) {
      const headEnd = unread.indexOf(END_OF_HEAD);
      if (headEnd < 0) return;
      const length = Number(LENGTH.exec(unread.toString('latin1', 0, headEnd))?.[1] ?? 0);
      const end = headEnd + END_OF_HEAD.length + length;
      if (unread.length < end) return;
      unread = unread.subarray(end);
      socket.write(answer);
    }
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') {
    console.log(`Upstream at http://127.0.0.1:${address.port}`);
  }
});
process.once('SIGTERM', () => process.exit(0));
