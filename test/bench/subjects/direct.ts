import { type Callee, chatBody } from './subject';

/** The upstream itself, with nothing between: what the measuring takes. */
export const direct = (upstream: string): Callee => ({
  name: 'the upstream itself',
  target: (call) => ({
    url: `${upstream}/v1/chat/completions`,
    headers: { authorization: 'Bearer sk-bench-not-real' },
    body: chatBody('gpt-4o', call),
  }),
  count: () => undefined,
});
