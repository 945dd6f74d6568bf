import { Connection, requestBytes } from './connection';
import { type ClosedLoop, type LoadResult, type Target } from './orders';
import { Recorder } from './recorder';

/** Each connection makes its next call when its last one is answered. */
export function runClosedLoop(target: Target, { calls, connections }: ClosedLoop): Promise<LoadResult> {
  return new Promise((resolve) => {
    const recorder = new Recorder(calls);
    const request = requestBytes(target);
    const open: Connection[] = [];
    let started = 0;
    let ended = false;
    const end = (): void => {
      ended = true;
      for (const connection of open) connection.destroy();
      resolve(recorder.result());
    };
    const start = (): Connection => {
      let sentAt = 0;
      const next = (): void => {
        if (started >= calls) return;
        started += 1;
        sentAt = performance.now();
        connection.send();
      };
      const connection = new Connection(target.url, request, {
        onReady: next,
        onBody: () => undefined,
        onEnd(failure) {
          recorder.finish(performance.now() - sentAt, failure);
          if (recorder.isDone) end();
          else next();
        },
        // A lost connection ends the run: what would follow is not the load that was asked for.
        onLost(reason) {
          if (ended) return;
          recorder.fail(reason);
          end();
        },
      });
      return connection;
    };
    for (let index = 0; index < connections; index += 1) open.push(start());
  });
}
