import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../common/problem';
import { type ResolvedModel } from '../models/model-resolver';
import { type EmbeddingRequest, type EmbeddingResult } from '../providers/contract/completion';
import { type PriceRow } from '../providers/contract/price';
import { VendorError } from '../providers/contract/vendor-error';
import { tokensOf } from './abandoned-usage';
import { type CallHead, type CallReport } from './call';
import { assertWanted } from './running-call';
import { RunningCalls } from './running-calls';
import { boundOfEmbedding } from './spending-bound';

/** As price rows name the API. */
const SURFACE = 'embeddings';

export interface EmbeddingCall {
  readonly head: CallHead;
  readonly model: ResolvedModel;
  readonly asked: Omit<EmbeddingRequest, 'model'>;
}

export interface CompletedEmbedding extends CallReport {
  readonly result: EmbeddingResult;
}

/** The path of texts that become vectors: admitted, metered and settled as every call is. */
@Injectable()
export class EmbeddingPath {
  constructor(private readonly calls: RunningCalls) {}

  /** @throws InvalidInput for a vendor without embeddings; Problem of the admission or the vendor */
  async embed(call: EmbeddingCall): Promise<CompletedEmbedding> {
    const { model, asked } = call;
    const { vendor, vendorModel, timeouts } = model;
    if (!model.strategy.embed) throw notOffered(model);
    const request = { ...asked, model: vendorModel };
    const estimateInput = (): number => tokensOf(asked.inputs.reduce((sum, text) => sum + text.length, 0));
    const plan = {
      model,
      surface: SURFACE,
      streamed: false,
      sent: { model: vendorModel, estimateInput, outputLimit: null },
      bound: (prices: readonly PriceRow[], at: number) =>
        boundOfEmbedding(model, request, SURFACE, prices, at),
    };
    return this.calls.run(call.head, plan, async (running, attempt) => {
      assertWanted(running);
      const { end } = running;
      attempt.progress.sent = true;
      const result = await model.strategy.embed?.(request, { signal: end.signal, timeouts });
      if (!result) throw new VendorError('invalid_request', `${vendor.displayName} has no embeddings.`);
      const report = await attempt.answered({ ...result, vendorResponseId: null });
      return { ...report, result };
    });
  }
}

function notOffered({ vendor }: ResolvedModel): InvalidInput {
  return new InvalidInput(`${vendor.displayName} has no embeddings. Name a model of another provider.`, {
    code: 'embeddings_not_offered',
    errors: [{ field: 'model', message: 'has no embeddings' }],
  });
}
