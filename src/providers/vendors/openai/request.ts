import { type ChatBody } from '../openai-compatible/protocol';
import { fitEffort } from './thinking';
import { isOSeries } from './parameters';

/**
 * A body without what its model does not take though it asks for nothing else than what holds anyway. The
 * o-series takes no sampling parameters, not even their defaults, which alone get past `checkParameters`.
 */
export function fitBody(body: ChatBody): ChatBody {
  const { reasoning_effort: asked, ...rest } = body;
  const effort = fitEffort(asked ?? undefined, body.model);
  const fitted: ChatBody = { ...rest, ...(effort !== undefined && { reasoning_effort: effort }) };
  if (!isOSeries(body.model)) return fitted;
  const { temperature: _t, top_p: _p, frequency_penalty: _f, presence_penalty: _r, ...taken } = fitted;
  return taken;
}
