import { createServer, type Socket } from 'node:net';
import { anthropic } from './anthropic';
import { type VendorAnswers } from './answers';
import { openai } from './openai';
import { type Pace, readPace } from './pace';

// Two vendors in one process that answer every request with the same bytes, as fast as Node can: no HTTP parser,
// one write per answer or chunk.

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LENGTH = /content-length: (\d+)/i;
const MOST_CONNECTIONS = 4096;

function stream(socket: Socket, answers: VendorAnswers, { chunks, intervalMs }: Pace): void {
  let written = 1;
  socket.write(answers.opening());
  const timer = setInterval(() => {
    written += 1;
    if (socket.destroyed) return clearInterval(timer);
    if (written < chunks) return void socket.write(answers.piece);
    clearInterval(timer);
    socket.write(answers.closing);
  }, intervalMs);
}

function serve(socket: Socket): void {
  let unread: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece) => {
    unread = unread.length === 0 ? piece : Buffer.concat([unread, piece]);
    for (;;) {
      const headEnd = unread.indexOf(END_OF_HEAD);
      if (headEnd < 0) return;
      const head = unread.toString('latin1', 0, headEnd);
      const bodyAt = headEnd + END_OF_HEAD.length;
      const end = bodyAt + Number(LENGTH.exec(head)?.[1] ?? 0);
      if (unread.length < end) return;
      const pace = readPace(unread.subarray(bodyAt, end));
      const answers = head.startsWith('POST /v1/messages') ? anthropic : openai;
      unread = unread.subarray(end);
      if (pace) stream(socket, answers, pace);
      else socket.write(answers.plain);
    }
  });
}

const server = createServer(serve);
server.maxConnections = MOST_CONNECTIONS;
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') {
    console.log(`Upstream at http://127.0.0.1:${address.port}`);
  }
});
process.once('SIGTERM', () => process.exit(0));
