import { type CompletionRequest, type CompletionResult } from '../providers/contract/completion';
import { type Metered } from '../providers/contract/usage';
import { VendorError } from '../providers/contract/vendor-error';
import { type AttemptEnd } from '../usage/ledger/call-recorder';
import { estimateAbandoned } from './abandoned-usage';
import { isUnbilled } from './retry-policy';

/** `performance.now()` at the turns of an attempt. */
export interface AttemptTimes {
  readonly startedAt: number;
  readonly firstTokenAt: number | null;
  readonly endedAt: number;
  /** What this server added to the call so far. */
  readonly overheadMs: number;
}

/** How far an attempt had come when it ended. */
export interface Delivered {
  /** Whether the vendor was called at all. */
  readonly sent: boolean;
  /** Of text, thinking and tool arguments. */
  readonly characters: number;
  readonly anything: boolean;
}

const NOT_BILLED: Metered = {
  vector: {},
  lines: [],
  promptTotal: 0,
  served: { tier: 'standard', region: null },
  quality: 'exact',
  flags: ['not_billed'],
};

const MAX_MESSAGE = 2_000;

function timesOf(times: AttemptTimes): Pick<AttemptEnd, 'latencyMs' | 'firstTokenMs' | 'overheadUs'> {
  return {
    latencyMs: Math.round(times.endedAt - times.startedAt),
    firstTokenMs: times.firstTokenAt === null ? null : Math.round(times.firstTokenAt - times.startedAt),
    overheadUs: Math.round(times.overheadMs * 1000),
  };
}

/** The end of an attempt that the vendor answered. */
export function endOfAnswer(
  result: CompletionResult,
  times: AttemptTimes,
  requestId: string,
  at: number,
): AttemptEnd {
  return {
    status: 'succeeded',
    origin: null,
    endsCall: true,
    metered: result.metered,
    rawUsage: result.rawUsage,
    errorCode: null,
    errorMessage: null,
    ...timesOf(times),
    requestId,
    vendorResponseId: result.vendorResponseId,
    at,
  };
}

/** The client left before the answer was complete, but the vendor's end was waited for: the usage is exact. */
export function endOfDrained(
  result: CompletionResult,
  times: AttemptTimes,
  requestId: string,
  at: number,
): AttemptEnd {
  return {
    ...endOfAnswer(result, times, requestId, at),
    status: 'aborted',
    origin: 'client',
    errorCode: 'client_gone',
  };
}

/** What a failed or abandoned attempt used: nothing, what was reported, or an estimate; null when unknown. */
function meterFailure(error: VendorError, request: CompletionRequest, delivered: Delivered): Metered | null {
  if (!delivered.sent || (isUnbilled(error) && !delivered.anything)) return NOT_BILLED;
  if (error.metered === null && !delivered.anything && error.kind !== 'aborted') return null;
  return estimateAbandoned(request, error.metered, delivered.characters, error.kind);
}

/**
 * The end of an attempt that failed.
 * @param clientLeft the attempt was ended because the caller had gone
 */
export function endOfFailure(
  error: VendorError,
  request: CompletionRequest,
  delivered: Delivered,
  times: AttemptTimes,
  options: { clientLeft: boolean; endsCall: boolean; requestId: string; at: number },
): AttemptEnd {
  return {
    status: options.clientLeft ? 'aborted' : 'failed',
    origin: options.clientLeft ? 'client' : error.kind === 'aborted' ? 'studio' : error.origin,
    endsCall: options.endsCall,
    metered: meterFailure(error, request, delivered),
    rawUsage: error.rawUsage,
    errorCode: options.clientLeft ? 'client_gone' : error.kind,
    errorMessage: error.message.slice(0, MAX_MESSAGE),
    ...timesOf(times),
    requestId: options.requestId,
    vendorResponseId: null,
    at: options.at,
  };
}

/** Any failure as a vendor's: what nobody foresaw is ours, and its details stay in the log. */
export function toVendorError(error: unknown): VendorError {
  if (error instanceof VendorError) return error;
  return new VendorError('bad_response', 'The answer could not be processed.', { cause: error });
}
