import { registerDecorator, type ValidationOptions } from 'class-validator';

/** Judges a value: what is wrong with it, or null. */
export type Rule = (value: unknown) => string | null;

/** A property that a plain function judges. */
export function Obeys(rule: Rule, options?: ValidationOptions): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'obeys',
      target: target.constructor,
      propertyName: String(propertyName),
      options,
      validator: {
        validate: (value: unknown) => rule(value) === null,
        defaultMessage: (args) => rule(args?.value) ?? 'is not valid',
      },
    });
  };
}

/** An object whose values are texts, as the headers of an answer. */
export const refuseTexts: Rule = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  const wrong = Object.entries(value).find(([, text]) => typeof text !== 'string');
  return wrong ? `must have texts only, and ${JSON.stringify(wrong[0].slice(0, 100))} is none` : null;
};

const MAX_METADATA_BYTES = 8 * 1024;

/** An object of at most 8 KiB as JSON. */
export const refuseMetadata: Rule = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  return Buffer.byteLength(JSON.stringify(value)) > MAX_METADATA_BYTES
    ? `must be at most ${MAX_METADATA_BYTES} bytes as JSON`
    : null;
};
