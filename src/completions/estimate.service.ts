import { Injectable } from '@nestjs/common';
import { type Principal } from '../auth/principal';
import { Clock } from '../common/clock';
import { type EndSignal } from '../common/ending';
import { formatDollars, type PicoDollars } from '../common/money';
import { mergeParameters, ModelResolver, type ResolvedModel } from '../models/model-resolver';
import { toParameters } from '../models/dto/parameters.dto';
import { PriceBookService } from '../models/prices/price-book.service';
import { type CompletionRequest } from '../providers/contract/completion';
import { type CountedInput } from '../providers/contract/quote';
import { listTexts } from '../providers/contract/request-extent';
import { toAskedCompletion } from './completion-request';
import { type Count, type EstimateInput } from './dto/estimate-input.dto';
import { type EstimateView } from './dto/estimate-view.dto';
import { FreeCalls } from './free-calls';
import { countTextTokens } from './token-counter';

const dollars = (amount: PicoDollars | null): string | null =>
  amount === null ? null : formatDollars(amount);

/** What a call may cost: the strategy's estimate with the team's price rows. */
@Injectable()
export class EstimateService {
  constructor(
    private readonly resolver: ModelResolver,
    private readonly priceBook: PriceBookService,
    private readonly calls: FreeCalls,
    private readonly clock: Clock,
  ) {}

  /**
   * @param signal ends a count at the vendor
   * @throws Problem of the model's name, of the parameters, and with `count: "api"` of the vendor
   */
  async estimate(principal: Principal, input: EstimateInput, signal: EndSignal): Promise<EstimateView> {
    const asked = toAskedCompletion(input);
    const model = await this.resolver.resolve(principal, input.model);
    const rows = this.priceBook.listRows(principal.scope.teamId, model.vendor.priceVendor, model.vendorModel);
    const request: CompletionRequest = {
      ...asked,
      model: model.vendorModel,
      parameters: mergeParameters(model, toParameters(input.parameters)),
      outputLimit: model.catalog?.maxOutputTokens ?? null,
      contextWindow: model.catalog?.contextWindow ?? null,
    };
    const counted = await this.count(principal, model, request, input.count ?? 'local', signal);
    const estimate = model.strategy.estimateCost(request, rows, this.clock.now(), counted);
    return {
      low: dollars(estimate.low),
      expected: dollars(estimate.expected),
      high: dollars(estimate.high),
      currency: 'USD',
      inputTokens: { ...estimate.inputTokens },
      maxOutputTokens: estimate.maxOutputTokens,
      basis: estimate.basis,
      unpricedClasses: [...estimate.unpricedClasses],
      assumed: [...estimate.assumed],
      unbounded: [...estimate.unbounded],
    };
  }

  private async count(
    principal: Principal,
    model: ResolvedModel,
    request: CompletionRequest,
    count: Count,
    signal: EndSignal,
  ): Promise<CountedInput> {
    if (count === 'local') {
      return { basis: 'tokenizer', textTokens: await countTextTokens(listTexts(request)) };
    }
    await this.calls.takeRequest(principal);
    return { basis: 'api_count', inputTokens: await this.calls.countTokens(model, request, signal) };
  }
}
