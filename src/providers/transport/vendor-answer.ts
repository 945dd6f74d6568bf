import { type FinishReason } from '../contract/completion';
import { type TransportResponse } from '../contract/transport';
import { asObject, type JsonObject } from '../contract/usage-builder';
import { VendorError } from '../contract/vendor-error';

type Headers = Readonly<Record<string, string>>;

/** Turns an answer that is no success into an error: a vendor's `errors.ts`. */
export type ToVendorError = (status: number, headers: Headers, body: string) => VendorError;

/** The text as JSON, undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Reads a plain answer: a JSON object with a status of success.
 * @throws VendorError the vendor's own error, or `bad_response` when the body is no JSON object
 */
export async function readJsonAnswer(
  response: TransportResponse,
  toError: ToVendorError,
): Promise<JsonObject> {
  const text = await response.text();
  if (!isSuccess(response.status)) throw toError(response.status, response.headers, text);
  const answer = asObject(parseJson(text));
  if (answer) return answer;
  throw new VendorError('bad_response', 'The vendor answered with something that is not a JSON object.', {
    status: response.status,
  });
}

/**
 * Makes sure that the answer is a stream of events before it is read as one.
 * @throws VendorError the vendor's own error, or `bad_response` when the body is no event stream
 */
export async function expectEventStream(response: TransportResponse, toError: ToVendorError): Promise<void> {
  const type = response.headers['content-type'] ?? '';
  if (isSuccess(response.status) && !/\b(json|html)\b/i.test(type)) return;
  const text = await response.text();
  const isError = asObject(parseJson(text))?.error !== undefined;
  if (!isSuccess(response.status) || isError) throw toError(response.status, response.headers, text);
  throw new VendorError(
    'bad_response',
    `The vendor answered with ${type} where a stream of events was asked for.`,
    {
      status: response.status,
    },
  );
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * A tool call's argument text as the object it has to be. No text at all is a call without arguments,
 * unless text is needed: of a call in which the answer was cut off.
 * @throws VendorError `bad_response` that names the tool
 */
export function parseToolArguments(
  name: string,
  text: string,
  needsText = false,
): Readonly<Record<string, unknown>> {
  if (!needsText && text.trim() === '') return {};
  const parsed = asObject(parseJson(text));
  if (parsed) return parsed;
  throw new VendorError(
    'bad_response',
    `The vendor's call of the tool "${name}" has arguments that are not a JSON object.`,
  );
}

/** Whether the answer ended before the model had finished it: the calls at its end may be incomplete. */
export function isCutOff({ unified }: FinishReason): boolean {
  return unified === 'length' || unified === 'content_filter';
}

/** A call that `read` refuses: dropped (null) from an answer that was cut off, as the rest is paid for. */
export function readCall<Call>(cutOff: boolean, read: () => Call): Call | null {
  try {
    return read();
  } catch (error) {
    if (cutOff && error instanceof VendorError) return null;
    throw error;
  }
}
