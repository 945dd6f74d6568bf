import { Problem } from '../common/problem';
import { type NativeReport } from '../providers/contract/native';
import { type Metered } from '../providers/contract/usage';
import { VendorError } from '../providers/contract/vendor-error';
import { type AttemptEnd } from '../usage/ledger/call-recorder';
import { estimateAbandoned, type SentRequest } from './abandoned-usage';
import { isUnbilled } from './retry-policy';

/** How far an attempt had come when it ended. */
export interface Delivered {
  /** Whether the vendor was called at all. */
  readonly sent: boolean;
  readonly anything: boolean;
  /** Of text, thinking and tool arguments. */
  readonly characters: number;
}

export type AttemptTimes = Pick<AttemptEnd, 'latencyMs' | 'firstTokenMs' | 'overheadUs'>;

const NOT_BILLED: Metered = {
  vector: {},
  lines: [],
  promptTotal: 0,
  served: { tier: 'standard', region: null },
  quality: 'exact',
  flags: ['not_billed'],
};

const MAX_MESSAGE = 2_000;

/**
 * The end of an attempt that the vendor answered.
 * @param clientLeft nobody reads the answer any more: it was waited for to know the exact usage
 */
export function endOfAnswer(
  result: NativeReport,
  { latencyMs, firstTokenMs, overheadUs }: AttemptTimes,
  requestId: string,
  clientLeft: boolean,
): AttemptEnd {
  return {
    status: clientLeft ? 'aborted' : 'succeeded',
    origin: clientLeft ? 'client' : null,
    endsCall: true,
    metered: result.metered,
    rawUsage: result.rawUsage,
    errorCode: clientLeft ? 'client_gone' : null,
    errorMessage: null,
    latencyMs,
    firstTokenMs,
    overheadUs,
    requestId,
    vendorResponseId: result.vendorResponseId,
  };
}

/**
 * What a failed or abandoned attempt used: nothing, exactly what was reported where that is all of it, or an
 * estimate; null when unknown.
 */
function meterFailure(error: VendorError, sent: SentRequest, delivered: Delivered): Metered | null {
  if (!delivered.sent) return NOT_BILLED;
  if (error.metered && isComplete(error.metered)) return error.metered;
  if (isUnbilled(error) && !delivered.anything) return NOT_BILLED;
  if (error.metered === null && !delivered.anything && error.kind !== 'aborted') return null;
  return estimateAbandoned(sent, error.metered, delivered.characters, error.kind);
}

/** Whether the vendor reported its usage to the end; what is a lower bound or missing has to be estimated. */
function isComplete({ quality }: Metered): boolean {
  return quality === 'exact' || quality === 'estimated';
}

/**
 * The end of a further attempt that was not admitted: the vendor was not called again, and the call ends here. A call
 * whose first attempt is refused leaves nothing behind.
 */
export function endOfRefusal(problem: unknown, requestId: string): AttemptEnd {
  return {
    status: 'failed',
    origin: 'studio',
    endsCall: true,
    metered: NOT_BILLED,
    rawUsage: null,
    errorCode: problem instanceof Problem ? problem.code : 'not_admitted',
    errorMessage: problem instanceof Problem ? problem.message.slice(0, MAX_MESSAGE) : null,
    latencyMs: null,
    firstTokenMs: null,
    overheadUs: null,
    requestId,
    vendorResponseId: null,
  };
}

export interface FailureContext {
  /** The attempt was ended because the caller had gone. */
  readonly clientLeft: boolean;
  readonly endsCall: boolean;
  readonly requestId: string;
}

/** The end of an attempt that failed. */
export function endOfFailure(
  error: VendorError,
  sent: SentRequest,
  delivered: Delivered,
  times: AttemptTimes,
  { clientLeft, endsCall, requestId }: FailureContext,
): AttemptEnd {
  return {
    status: clientLeft ? 'aborted' : 'failed',
    origin: clientLeft ? 'client' : error.kind === 'aborted' ? 'studio' : error.origin,
    endsCall,
    metered: meterFailure(error, sent, delivered),
    rawUsage: error.rawUsage,
    errorCode: clientLeft ? 'client_gone' : error.kind,
    errorMessage: error.message.slice(0, MAX_MESSAGE),
    ...times,
    requestId,
    vendorResponseId: null,
  };
}

/** Any failure as a vendor's: what nobody foresaw is ours, and its details stay in the log. */
export function toVendorError(error: unknown): VendorError {
  if (error instanceof VendorError) return error;
  return new VendorError('studio_error', 'The answer could not be processed.', { cause: error });
}
