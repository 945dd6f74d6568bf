import { type ResolvedModel } from '../models/model-resolver';
import { type WireBody } from '../providers/contract/native';
import { type CallHead, type CallReport } from './call';

/** A call in the vendor's own format. */
export interface NativeCall {
  readonly head: CallHead;
  readonly model: ResolvedModel;
  /** The vendor's API, one of the model's vendor's offer. */
  readonly api: string;
  readonly body: WireBody;
  /** The caller's headers that are passed on. */
  readonly headers: Readonly<Record<string, string>>;
  readonly framing?: 'sse' | 'json';
}

/** The vendor's answer as it came, and for a success how the call went. */
export interface NativeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** Null for the vendor's own error, which is passed back. */
  readonly report: CallReport | null;
  readonly attempts: number;
  readonly vendorResponseId: string | null;
}

/** How a stream ended that was delivered. */
export interface NativeEnd {
  /** The vendor's closing event, still to be sent; null when there is none. */
  readonly closing: Buffer | null;
  /** The vendor's own error event went by: the answer is not whole. */
  readonly failed: boolean;
  readonly vendorResponseId: string | null;
}

/** Where a stream goes: the door's side. */
export interface NativeSink {
  /** Called once, before the first bytes. */
  begin(status: number, headers: Readonly<Record<string, string>>, attempts: number): void;
  /** Is told the vendor's id of the answer as soon as it is known. */
  identified?(vendorResponseId: string): void;
  /** Returns a promise when the caller's side is full: the next bytes wait for it. */
  write(bytes: Buffer): Promise<void> | undefined;
}
