import { type FastifyReply } from 'fastify';
import { ReplyStream } from '../../../common/http/reply-stream';

export interface TextAnswer {
  readonly type: string;
  /** Offered for saving; null: shown. */
  readonly filename: string | null;
  readonly parts: AsyncIterable<string>;
}

/**
 * Sends a text piece by piece: the next is made when the client's side has taken the last. What fails before
 * the first is a plain problem; after it the connection is cut, so that nobody takes a part for the whole.
 */
export async function sendText(reply: FastifyReply, { type, filename, parts }: TextAnswer): Promise<void> {
  const stream = new ReplyStream(reply);
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    ...(filename === null ? {} : { 'content-disposition': `attachment; filename="${filename}"` }),
  };
  try {
    for await (const part of parts) {
      if (stream.clientGone.aborted) return;
      stream.begin(200, headers);
      await stream.write(part);
    }
    stream.begin(200, headers);
    await stream.finish(null);
  } catch (error) {
    if (stream.isStarted) reply.raw.destroy();
    throw error;
  }
}
