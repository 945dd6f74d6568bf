import { Injectable } from '@nestjs/common';
import { TeamsService } from '../../auth/teams.service';
import { uuidv7BytesAt } from '../../common/uuid';
import { PriceBookService } from '../../models/prices/price-book.service';
import { type PricedUsage } from '../../models/prices/price-choice';
import { type PriceRow } from '../../providers/contract/price';
import { type Metered } from '../../providers/contract/usage';
import { type ErrorOrigin } from '../../providers/contract/vendor-error';
import { type Dimension, Dimensions } from './dimensions';
import { costLinesText, servedText, vectorText } from './event-text';
import {
  type Door,
  type EventDimensions,
  type FinalStatus,
  type LedgerCostStatus,
  type OpenEvent,
  type Settlement,
} from './event';
import { toServedRecord } from './served-usage';
import { countableTokens } from './tokens';

/** Whose calls they are and what they call: the same for many calls, and what their events are counted by. */
export interface CallAccount {
  readonly teamId: string;
  readonly apiKey: { readonly id: string; readonly name: string } | null;
  readonly provider: { readonly id: string; readonly name: string } | null;
  readonly model: { readonly id: string; readonly name: string } | null;
  /** The vendor whose prices apply, and its model id as asked for. */
  readonly vendor: string;
  readonly vendorModel: string;
}

/** What an event is counted by. */
export interface CallSubject {
  readonly account: CallAccount;
  /** The vendor's API, as price rows name it. */
  readonly surface: string;
  readonly endUser: string | null;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

export interface AttemptStart {
  readonly callId: Buffer;
  readonly attempt: number;
  readonly door: Door;
  readonly streamed: boolean;
  /** UTC milliseconds. */
  readonly at: number;
}

/** How an attempt ended, in the vendor's terms. */
export interface AttemptEnd {
  readonly status: FinalStatus;
  readonly origin: ErrorOrigin | null;
  readonly endsCall: boolean;
  /** What was used; null when nothing is known of it. */
  readonly metered: Metered | null;
  readonly rawUsage: unknown;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly latencyMs: number | null;
  readonly firstTokenMs: number | null;
  readonly overheadUs: number | null;
  readonly requestId: string | null;
  readonly vendorResponseId: string | null;
}

const MAX_LABEL = 200;

function dimension(kind: Dimension['kind'], value: string, label: string): Dimension {
  return { kind, value: value.slice(0, 300), label: label.slice(0, MAX_LABEL) };
}

/** Characters of JSON: a usage object has hundreds; what is far longer is something else, and is not kept. */
const MAX_RAW_USAGE = 64 * 1024;

function keepRawUsage(rawUsage: unknown): string | null {
  const json = jsonOrNull(rawUsage);
  return json !== null && json.length > MAX_RAW_USAGE ? null : json;
}

const jsonOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);

const NO_TAGS: readonly number[] = [];

/** Turns attempts into ledger events: names to dimension ids, usage to cost. It waits for the database only for new names. */
@Injectable()
export class CallRecorder {
  /** By the account as an object: it lives as long as the state of the team's directory that it was made from. */
  private readonly named = new WeakMap<CallAccount, EventDimensions>();

  constructor(
    private readonly dimensions: Dimensions,
    private readonly priceBook: PriceBookService,
    private readonly teams: TeamsService,
  ) {}

  open(subject: CallSubject, start: AttemptStart): OpenEvent | Promise<OpenEvent> {
    const named = this.named.get(subject.account);
    if (named && subject.endUser === null && subject.tags.length === 0) {
      return toOpenEvent(subject, start, named, NO_TAGS);
    }
    return this.openNamed(subject, start);
  }

  private async openNamed(subject: CallSubject, start: AttemptStart): Promise<OpenEvent> {
    const { account, endUser } = subject;
    const { teamId } = account;
    const named = this.named.get(account) ?? (await this.dimensionsOf(account));
    this.named.set(account, named);
    const user = endUser ? await this.idOf(dimension('end_user', `${teamId}/${endUser}`, endUser)) : 0;
    const dimensions = user === 0 ? named : { ...named, endUser: user };
    return toOpenEvent(subject, start, dimensions, await this.tagsOf(subject));
  }

  /** The rows that may price the call. */
  pricesOf({ account }: CallSubject): readonly PriceRow[] {
    return this.priceBook.listRows(account.teamId, account.vendor, account.vendorModel);
  }

  /** What the attempt cost, priced as of its start. */
  price({ account, surface }: CallSubject, event: OpenEvent, metered: Metered): PricedUsage {
    return this.priceBook.price(account.teamId, account.vendor, metered, { surface, at: event.occurredAt });
  }

  close(
    subject: CallSubject,
    event: OpenEvent,
    end: AttemptEnd,
    priced: PricedUsage | null,
    settledAt: number,
  ): Settlement | Promise<Settlement> {
    const { account } = subject;
    const answeredBy = end.metered?.lines[0]?.model ?? account.vendorModel;
    const vendorModel =
      answeredBy === account.vendorModel
        ? event.dimensions.vendorModel
        : this.idOf(vendorModelDimension(account.vendor, answeredBy));
    const priceId = priced?.priceId ?? null;
    const price = priceId === null ? 0 : this.idOf(dimension('price', priceId, priceId));
    if (typeof vendorModel === 'number' && typeof price === 'number') {
      return toSettlement(subject, event, end, priced, settledAt, { vendorModel, price });
    }
    return Promise.all([vendorModel, price]).then(([model, row]) =>
      toSettlement(subject, event, end, priced, settledAt, { vendorModel: model, price: row }),
    );
  }

  private async tagsOf({ account, tags }: CallSubject): Promise<readonly number[]> {
    if (tags.length === 0) return NO_TAGS;
    // A database may take two texts for one, such as those that differ in what is no character: it is one tag.
    const ids = new Set<number>();
    for (const tag of tags) ids.add(await this.idOf(dimension('tag', `${account.teamId}/${tag}`, tag)));
    return [...ids];
  }

  /** Those of its calls without an end user. */
  private async dimensionsOf(account: CallAccount): Promise<EventDimensions> {
    const { teamId, apiKey, provider, model } = account;
    return {
      team: await this.idOf(dimension('team', teamId, (await this.teams.get(teamId)).name)),
      apiKey: apiKey ? await this.idOf(dimension('api_key', apiKey.id, apiKey.name)) : 0,
      provider: provider ? await this.idOf(dimension('provider', provider.id, provider.name)) : 0,
      model: model ? await this.idOf(dimension('model', model.id, model.name)) : 0,
      vendorModel: await this.idOf(vendorModelDimension(account.vendor, account.vendorModel)),
      endUser: 0,
    };
  }

  private idOf(wanted: Dimension): number | Promise<number> {
    return this.dimensions.peek(wanted) ?? this.dimensions.resolve(wanted);
  }
}

function toOpenEvent(
  { metadata }: CallSubject,
  { at, callId, attempt, door, streamed }: AttemptStart,
  dimensions: EventDimensions,
  tags: readonly number[],
): OpenEvent {
  const id = uuidv7BytesAt(at);
  return {
    id,
    occurredAt: at,
    callId,
    attempt,
    door,
    streamed,
    dimensions,
    tags,
    metadata: jsonOrNull(metadata),
  };
}

function toSettlement(
  { surface }: CallSubject,
  event: OpenEvent,
  end: AttemptEnd,
  priced: PricedUsage | null,
  settledAt: number,
  { vendorModel, price }: { readonly vendorModel: number; readonly price: number },
): Settlement {
  const { metered } = end;
  const tokens = metered?.vector ? countableTokens(metered.vector) : null;
  const isOverflow = tokens === null && !!metered?.vector;
  return {
    event,
    status: end.status,
    origin: end.origin,
    endsCall: end.endsCall,
    vendorModel,
    vector: metered?.vector ? vectorText(metered.vector) : null,
    tokens,
    cost: priced?.amount ?? null,
    listCost: priced?.listAmount ?? null,
    costStatus: costStatusOf(priced),
    price,
    errorCode: end.errorCode,
    latencyMs: end.latencyMs,
    firstTokenMs: end.firstTokenMs,
    overheadUs: end.overheadUs,
    settledAt,
    details: {
      requestId: end.requestId,
      vendorResponseId: end.vendorResponseId?.slice(0, MAX_LABEL) ?? null,
      served: metered ? servedText(toServedRecord(metered, surface)) : null,
      flags: flagsText(metered?.flags ?? NO_FLAGS, priced?.flags ?? NO_FLAGS, isOverflow),
      costLines: priced && priced.lines.length > 0 ? costLinesText(priced.lines) : null,
      rawUsage: keepRawUsage(end.rawUsage),
      errorMessage: end.errorMessage,
    },
  };
}

const NO_FLAGS: readonly string[] = [];

/** Most events have none. */
function flagsText(
  metered: readonly string[],
  priced: readonly string[],
  tokensOverflow: boolean,
): string | null {
  if (metered.length === 0 && priced.length === 0 && !tokensOverflow) return null;
  return JSON.stringify([...metered, ...priced, ...(tokensOverflow ? ['tokens_overflow'] : [])]);
}

function vendorModelDimension(vendor: string, vendorModel: string): Dimension {
  return dimension('vendor_model', `${vendor}/${vendorModel}`, vendorModel);
}

/** Unknown is never zero: without usage or price the cost is unpriced. */
function costStatusOf(priced: PricedUsage | null): LedgerCostStatus {
  return priced?.status ?? 'unpriced';
}
