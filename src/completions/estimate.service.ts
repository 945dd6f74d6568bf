import { Injectable } from '@nestjs/common';
import { type Principal } from '../auth/principal';
import { Clock } from '../common/clock';
import { formatDollars, type PicoDollars } from '../common/money';
import { mergeParameters, ModelResolver } from '../models/model-resolver';
import { toParameters } from '../models/dto/parameters.dto';
import { PriceBookService } from '../models/prices/price-book.service';
import { toAskedCompletion } from './completion-request';
import { type CompletionInput } from './dto/completion-input.dto';
import { type EstimateView } from './dto/estimate-view.dto';

const dollars = (amount: PicoDollars | null): string | null =>
  amount === null ? null : formatDollars(amount);

/** What a call may cost: the strategy's estimate with the team's price rows. */
@Injectable()
export class EstimateService {
  constructor(
    private readonly resolver: ModelResolver,
    private readonly priceBook: PriceBookService,
    private readonly clock: Clock,
  ) {}

  async estimate(principal: Principal, input: CompletionInput): Promise<EstimateView> {
    const asked = toAskedCompletion(input);
    const model = await this.resolver.resolve(principal, input.model);
    const rows = this.priceBook.listRows(principal.scope.teamId, model.vendor.priceVendor, model.vendorModel);
    const estimate = model.strategy.estimateCost(
      {
        ...asked,
        model: model.vendorModel,
        parameters: mergeParameters(model, toParameters(input.parameters)),
        outputLimit: model.catalog?.maxOutputTokens ?? null,
        contextWindow: model.catalog?.contextWindow ?? null,
      },
      rows,
      this.clock.now(),
    );
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
}
