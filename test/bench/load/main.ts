import { runClosedLoop } from './closed-loop';
import { runOpenLoop } from './open-loop';
import { type LoadMessage, type LoadOrder, type LoadResult } from './orders';

// The load generator, a process of its own, pinned beside the upstream.

const say = (message: LoadMessage): void => void process.send?.(message);

function run({ target, shape }: LoadOrder): Promise<LoadResult> {
  return shape.kind === 'closed'
    ? runClosedLoop(target, shape)
    : runOpenLoop(target, shape, () => say({ begun: true }));
}

process.on('message', (order: LoadOrder) => void run(order).then((result) => say({ result })));
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
