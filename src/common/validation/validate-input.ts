import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { InvalidInput, type FieldError } from '../problem';
import { findTooDeep, MAX_DEPTH } from './depth';
import { NOT_NULL } from './optional';
import { prepare } from './shape';

export type InputClass<T extends object> = new () => T;

/** class-validator's messages begin with the property; ours name the field apart. */
function sayOf({ property }: ValidationError, message: string): string {
  if (message === `property ${property} should not exist`) return 'is not a known field';
  if (message === `All ${property}'s elements must be unique`) return 'must not repeat a value';
  for (const start of [`${property} `, `each value in ${property} `]) {
    if (message.startsWith(start)) return message.slice(start.length);
  }
  return message;
}

/** Constraints that say what kind of value it must be: as long as it is another, the others say little. */
const TYPES: ReadonlySet<string> = new Set([
  'isString',
  'isInt',
  'isNumber',
  'isBoolean',
  'isArray',
  'isObject',
]);

/** What is wrong with the value itself, the most telling first; of a null that it is one, and no more. */
function complaintsOf({ constraints = {} }: ValidationError): readonly string[] {
  const isNull = constraints[NOT_NULL];
  if (isNull !== undefined) return [isNull];
  const entries = Object.entries(constraints);
  const ofType = entries.filter(([name]) => TYPES.has(name));
  return [...ofType, ...entries.filter(([name]) => !TYPES.has(name))].map(([, message]) => message);
}

function collect(errors: readonly ValidationError[], path: string, into: FieldError[]): void {
  for (const error of errors) {
    const index = /^\d+$/.test(error.property);
    const field = index ? `${path}[${error.property}]` : path ? `${path}.${error.property}` : error.property;
    for (const message of complaintsOf(error)) into.push({ field, message: sayOf(error, message) });
    collect(error.children ?? [], field, into);
  }
}

/** The first message of each of the first fields. */
function summarize(errors: readonly FieldError[]): string {
  const firstOf = new Map<string, string>();
  for (const { field, message } of errors) if (!firstOf.has(field)) firstOf.set(field, message);
  const named = [...firstOf].slice(0, 3).map(([field, message]) => `${field}: ${message}`);
  return `${named.join('; ')}${firstOf.size > 3 ? '; …' : ''}`;
}

/**
 * Checks a plain value against a DTO class: the single definition of an input for REST, OpenAPI and tRPC.
 * @throws InvalidInput naming each wrong field; unknown fields are wrong too.
 */
export function validateInput<T extends object>(type: InputClass<T>, value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInput('The input must be a JSON object. Send one with Content-Type: application/json.');
  }
  const tooDeep = findTooDeep(value);
  if (tooDeep !== null) {
    throw InvalidInput.field(
      tooDeep,
      `must not be nested deeper than ${MAX_DEPTH} levels, counted from the whole input`,
    );
  }
  const errors: FieldError[] = [];
  const instance = plainToInstance(type, prepare(type, value, '', errors), { exposeUnsetFields: false });
  const failures = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
  collect(failures, '', errors);
  if (errors.length === 0) return instance;
  throw new InvalidInput(summarize(errors), { errors });
}
