import { applyDecorators } from '@nestjs/common';
import { IsOptional, registerDecorator, ValidateIf } from 'class-validator';

/** The name of the constraint; where it fails, the field's other complaints say nothing more. */
export const NOT_NULL = 'notNull';

function IsNotNull(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: NOT_NULL,
      target: target.constructor,
      propertyName: String(propertyName),
      validator: {
        validate: (value: unknown) => value !== null,
        defaultMessage: () => 'must not be null; leave it out',
      },
    });
  };
}

/** A field that may be left out. Null is no way of leaving it out: it is refused, by the field's name. */
export function Optional(): PropertyDecorator {
  return applyDecorators(
    ValidateIf((_input, value: unknown) => value !== undefined),
    IsNotNull(),
  );
}

/** A field that may be left out, and in which null has a meaning of its own. */
export function OptionalOrNull(): PropertyDecorator {
  return IsOptional();
}
