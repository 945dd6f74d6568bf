import { VendorError, type VendorErrorKind } from '../contract/vendor-error';

/** How far a request had come when it failed. */
export type Phase = 'connecting' | 'sent' | 'answering';

const REFUSED = 'ERR_ADDRESS_REFUSED';

/** Codes that decide by themselves, whatever the phase. */
const BY_CODE: Readonly<Record<string, VendorErrorKind>> = {
  [REFUSED]: 'address_refused',
  UND_ERR_CONNECT_TIMEOUT: 'unreachable',
  UND_ERR_DESTROYED: 'unreachable',
  UND_ERR_CLOSED: 'unreachable',
  UND_ERR_INVALID_ARG: 'invalid_request',
  UND_ERR_HEADERS_OVERFLOW: 'bad_response',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'bad_response',
};

const MESSAGES: Readonly<Partial<Record<VendorErrorKind, (host: string) => string>>> = {
  address_refused: (host) =>
    `${host} is not on the public internet. Give the provider a public base URL, or allow private ones.`,
  unreachable: (host) => `${host} could not be reached.`,
  cut: (host) => `${host} closed the connection before its answer was complete.`,
  bad_response: (host) => `${host} answered with something that is not HTTP.`,
  invalid_request: () => 'The request to the vendor could not be formed.',
};

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') return code;
  const first: unknown = (error as { errors?: unknown[] }).errors?.[0];
  return first === undefined ? '' : codeOf(first);
}

/**
 * A failure of the network as a VendorError. Before a connection stood the host was unreachable; after
 * it, the answer was cut, and the vendor may have worked (and bill) for it.
 */
export function toNetworkError(error: unknown, phase: Phase, host: string): VendorError {
  if (error instanceof VendorError) return error;
  const code = codeOf(error);
  const kind = BY_CODE[code] ?? parserKind(error, code) ?? (phase === 'connecting' ? 'unreachable' : 'cut');
  const message = MESSAGES[kind]?.(host) ?? kind;
  return new VendorError(kind, code && code !== REFUSED ? `${message} (${code})` : message, { cause: error });
}

/** The HTTP parser reports an end in the middle of a body as an error of its own. */
function parserKind(error: unknown, code: string): VendorErrorKind | undefined {
  if (!(error instanceof Error) || error.name !== 'HTTPParserError') return undefined;
  return code === 'HPE_INVALID_EOF_STATE' ? 'cut' : 'bad_response';
}
