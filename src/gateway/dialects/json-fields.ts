import { InvalidInput } from '../../common/problem';
import { type JsonBody } from './codec';

/** What holds for all fields of one body. */
export interface Reading {
  /** The display name of the vendor that the request is translated for. */
  readonly vendor: string;
  /** The display name of the vendor whose format the body has. */
  readonly home: string;
  /** The name of the format, where refusals of unknown members are to say it. */
  readonly format?: string;
  /** Where the names of hints are gathered that were left out. */
  readonly ignored: Set<string>;
  /** A second spelling of a name that the format takes as well. */
  readonly respell?: (name: string) => string;
}

/** One object of a caller's body: its members by type, each failure naming the member as the caller wrote it. */
export class Fields {
  constructor(
    readonly value: JsonBody,
    /** Of the object within the body, empty for the body itself. */
    readonly path: string,
    readonly reading: Reading,
  ) {}

  /** A member as it came; null counts as left out. */
  get(name: string): unknown {
    const value = this.value[name];
    if (value !== undefined) return value ?? undefined;
    const { respell } = this.reading;
    return respell === undefined ? undefined : (this.value[respell(name)] ?? undefined);
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.wrong(name, 'must be a string');
  }

  number(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
    throw this.wrong(name, 'must be a number');
  }

  /** A whole number of at least `least`. */
  integer(name: string, least = 0): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    throw this.wrong(name, `must be a whole number of at least ${least}`);
  }

  flag(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.wrong(name, 'must be true or false');
  }

  choice<const Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw this.wrong(name, `must be one of ${words.join(', ')}`);
  }

  object(name: string): Fields | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return new Fields(value, this.pathOf(name), this.reading);
    throw this.wrong(name, 'must be an object');
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value)) return value as readonly unknown[];
    throw this.wrong(name, 'must be an array');
  }

  objects(name: string): Fields[] | undefined {
    const list = this.list(name);
    if (list === undefined) return undefined;
    return list.map((value, index) => {
      const path = `${this.pathOf(name)}[${index}]`;
      if (isJsonObject(value)) return new Fields(value, path, this.reading);
      throw InvalidInput.field(path, 'must be an object');
    });
  }

  texts(name: string): readonly string[] | undefined {
    const list = this.list(name);
    if (list === undefined || list.every((value) => typeof value === 'string')) return list;
    throw this.wrong(name, 'must be an array of strings');
  }

  /** @throws InvalidInput that says that the member is needed */
  needed<Value>(name: string, value: Value | undefined): Value {
    if (value !== undefined) return value;
    throw this.wrong(name, 'Field required');
  }

  /** Refuses members that nobody here knows: what they would change in the answer is unknown. */
  only(known: ReadonlySet<string>): void {
    for (const name of Object.keys(this.value)) {
      if (known.has(name) || this.value[name] === null || known.has(this.plain(name))) continue;
      throw this.unknown(name);
    }
  }

  /** Notes a hint that is left out. */
  ignore(name: string): void {
    if (this.get(name) !== undefined) this.reading.ignored.add(name);
  }

  /** Refuses a member of the caller's format for which the contract has no place. */
  refuse(...names: readonly string[]): void {
    for (const name of names) if (this.get(name) !== undefined) throw this.refused(name);
  }

  /** What is said of a member that cannot be translated. */
  refused(name: string, what = 'it'): InvalidInput {
    const { vendor, home } = this.reading;
    return this.wrong(
      name,
      `${vendor} has no equivalent of ${what}. Leave it out, or use a model of ${home}'s.`,
    );
  }

  private unknown(name: string): InvalidInput {
    const { vendor, format } = this.reading;
    if (format === undefined) return this.refused(name);
    const place = this.path === '' ? '' : ' at this place';
    return this.wrong(
      name,
      `is not a field of ${format}${place}, so it cannot be translated for ${vendor}. Leave it out.`,
    );
  }

  wrong(name: string, message: string): InvalidInput {
    return InvalidInput.field(this.pathOf(name), message);
  }

  /** A member's path, in the spelling that the caller used. */
  pathOf(name: string): string {
    const { respell } = this.reading;
    const written = respell === undefined || this.value[name] !== undefined ? name : respell(name);
    const spelled = this.value[written] === undefined ? name : written;
    if (this.path === '') return spelled;
    return spelled === '' ? this.path : `${this.path}.${spelled}`;
  }

  /** A name in the format's first spelling. */
  private plain(name: string): string {
    return this.reading.respell === undefined
      ? name
      : name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  }
}

export function isJsonObject(value: unknown): value is JsonBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
