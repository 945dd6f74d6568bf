import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { type InputClass, validateInput } from './validate-input';

const PLAIN_TYPES: ReadonlySet<unknown> = new Set([String, Boolean, Number, Array, Object]);

/** Validates each body and query whose parameter is typed by a DTO class. */
@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const { metatype, type } = metadata;
    if ((type !== 'body' && type !== 'query') || !metatype || PLAIN_TYPES.has(metatype)) return value;
    return validateInput(metatype as InputClass<object>, value ?? (type === 'query' ? {} : value));
  }
}
