import { type Principal } from '../auth/principal';
import { toParameters } from '../models/dto/parameters.dto';
import { type Call, type CallHead } from './call';
import { toAskedCompletion } from './completion-request';
import { type CompletionInput } from './dto/completion-input.dto';

/** What a door knows of a call beside its input. */
export type CallOrigin = Pick<CallHead, 'door' | 'requestId' | 'receivedAt' | 'clientGone' | 'onRateLimit'>;

/** A checked input as the call that the path takes. @throws InvalidInput */
export function toCall(principal: Principal, input: CompletionInput, origin: CallOrigin): Call {
  return {
    head: {
      principal,
      user: input.user,
      tags: input.tags ?? [],
      metadata: input.metadata ?? null,
      ...origin,
    },
    model: input.model,
    asked: toAskedCompletion(input),
    parameters: toParameters(input.parameters),
  };
}
