import { Transform, Type } from 'class-transformer';
import { type FieldError } from '../problem';

type Constructor = abstract new () => object;

/** What the library that makes instances has to be kept from, or led to, in the fields of a DTO class. */
interface Shape {
  readonly free: Set<string>;
  readonly nested: Map<string, () => Constructor>;
}

const shapes = new WeakMap<object, Shape>();

function ownShape(prototype: object): Shape {
  const shape = shapes.get(prototype) ?? { free: new Set(), nested: new Map() };
  shapes.set(prototype, shape);
  return shape;
}

/** The shapes of a class and of those it extends. */
function shapesOf(type: Constructor | null): Shape[] {
  const found: Shape[] = [];
  let prototype: unknown = type?.prototype;
  while (typeof prototype === 'object' && prototype !== null) {
    const shape = shapes.get(prototype);
    if (shape) found.push(shape);
    prototype = Object.getPrototypeOf(prototype);
  }
  return found;
}

/**
 * A field whose inside is the caller's own, or judged by a rule of its own: it stays as it came, with
 * whatever names are in it. Others are copied, which drops names such as `constructor`.
 */
export function FreeForm(): PropertyDecorator {
  return (target, name) => {
    ownShape(target).free.add(String(name));
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'function' ? (value as () => unknown)() : value,
    )(target, name);
  };
}

/** A field, or a list, of another DTO class. */
export function Nested(type: () => new () => object): PropertyDecorator {
  return (target, name) => {
    ownShape(target).nested.set(String(name), type);
    Type(type)(target, name);
  };
}

/** What every object has by inheritance, so that looking for a rule by such a name finds something. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * A copy of an input that is safe to make an instance of: what is free of form is put behind a function,
 * which is passed on as it is. Fields with an inherited name are left out and told; no input has one.
 */
export function prepare(
  type: Constructor | null,
  value: unknown,
  path: string,
  errors: FieldError[],
): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => prepare(type, item, `${path}[${index}]`, errors));
  }
  if (typeof value !== 'object' || value === null) return value;
  const known = shapesOf(type);
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    const field = path ? `${path}.${key}` : key;
    if (INHERITED.has(key)) {
      errors.push({ field, message: 'is not a known field' });
    } else if (known.some(({ free }) => free.has(key))) {
      copy[key] = () => inner;
    } else {
      const nested = known.map((shape) => shape.nested.get(key)).find((found) => found !== undefined);
      copy[key] = prepare(nested?.() ?? null, inner, field, errors);
    }
  }
  return copy;
}
