import { InvalidInput } from '../common/problem';
import { type WireBody } from '../providers/contract/native';

/** A body as it came, with what it says. @throws InvalidInput when it is no JSON object */
export function readWireBody(bytes: unknown): WireBody {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
    throw new InvalidInput(
      'The request has no body. Send a JSON object with the content-type application/json.',
    );
  }
  const value = parse(bytes);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { bytes, value: value as Record<string, unknown> };
  }
  throw new InvalidInput('The body must be a JSON object.', { code: 'invalid_json' });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    const why = error instanceof SyntaxError ? shorten(error.message) : 'it cannot be read';
    throw new InvalidInput(`The body is not valid JSON: ${why}`, { code: 'invalid_json' });
  }
}

/** The parser quotes the body, which may be long and is the caller's. */
function shorten(message: string): string {
  return message.replace(/, ?"[\s\S]*$/, '').slice(0, 200);
}

/** The model that a body names. @throws InvalidInput when it is no text */
export function readModel({ value }: WireBody): string | undefined {
  const { model } = value;
  if (model === undefined) return undefined;
  if (typeof model === 'string' && model !== '' && model.isWellFormed()) return model;
  throw InvalidInput.field('model', 'must be the name of a model, as text');
}

/** @throws InvalidInput when it is neither true nor false */
export function readStreamed({ value }: WireBody): boolean {
  const { stream } = value;
  if (stream === undefined || stream === null) return false;
  if (typeof stream === 'boolean') return stream;
  throw InvalidInput.field('stream', 'must be true or false');
}
