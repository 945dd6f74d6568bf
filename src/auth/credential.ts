import { type IncomingHttpHeaders } from 'node:http';
import { Unauthenticated } from '../common/problem';

/** Where a key may be sent. `?key=` is the query. */
export type CredentialPlace = 'Authorization' | 'x-api-key' | 'x-goog-api-key' | '?key=';

/** What of a request can hold a key. */
export interface CredentialSource {
  readonly headers: IncomingHttpHeaders;
  readonly query?: unknown;
}

interface PlaceRule {
  readonly place: CredentialPlace;
  /** What to send, for messages. */
  readonly how: string;
  /** Every value that is there; usually none or one. */
  read(source: CredentialSource): readonly string[];
}

const NONE: readonly string[] = [];

const PLACES: readonly PlaceRule[] = [
  { place: 'Authorization', how: '"Authorization: Bearer <key>"', read: readBearer },
  { place: 'x-api-key', how: '"x-api-key: <key>"', read: ({ headers }) => readHeader(headers['x-api-key']) },
  {
    place: 'x-goog-api-key',
    how: '"x-goog-api-key: <key>"',
    read: ({ headers }) => readHeader(headers['x-goog-api-key']),
  },
  { place: '?key=', how: '"?key=<key>" in the query', read: readQuery },
];

/** The key of `Authorization: Bearer <key>`, if there is one. */
export function credentialOf(headers: IncomingHttpHeaders): string | undefined {
  const match = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '');
  return match?.[1];
}

/**
 * The key of a request to a door that takes it at these places, as the door's own clients send it. A key may
 * be sent at several places if it is the same.
 * @throws Unauthenticated: no key, a key at a place of other doors only, or several that differ; never naming one
 */
export function credentialAt(source: CredentialSource, taken: readonly CredentialPlace[]): string {
  let found: string | undefined;
  let takenHere = false;
  let sentAt: PlaceRule | undefined;
  for (const rule of PLACES) {
    for (const value of rule.read(source)) {
      if (found !== undefined && found !== value) throw ambiguous(taken);
      found = value;
      sentAt ??= rule;
      takenHere ||= taken.includes(rule.place);
    }
  }
  if (found === undefined) throw missing(taken);
  if (!takenHere) throw misplaced(sentAt, taken);
  return found;
}

/** The team named by X-Team-Id, if one is. */
export function teamHeaderOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-team-id'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readBearer({ headers }: CredentialSource): readonly string[] {
  if (headers.authorization === undefined) return NONE;
  const key = credentialOf(headers);
  return key === undefined ? NONE : [key];
}

/** A header that was sent twice comes as one, with commas; a key has none. */
function readHeader(value: string | string[] | undefined): readonly string[] {
  if (value === undefined) return NONE;
  return String(value)
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}

function readQuery({ query }: CredentialSource): readonly string[] {
  const value: unknown =
    typeof query === 'object' && query !== null && 'key' in query ? query.key : undefined;
  if (value === undefined) return NONE;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((key): key is string => typeof key === 'string' && key !== '');
}

/** The door's usual way comes first, as the route names it. */
function howTo(taken: readonly CredentialPlace[]): string {
  const ways = taken
    .flatMap((wanted) => PLACES.filter(({ place }) => place === wanted))
    .map(({ how }) => how);
  return `Send ${ways.join(' or ')} with a key of your team.`;
}

function missing(taken: readonly CredentialPlace[]): Unauthenticated {
  return new Unauthenticated('credential_missing', `No credential was sent. ${howTo(taken)}`);
}

function misplaced(rule: PlaceRule | undefined, taken: readonly CredentialPlace[]): Unauthenticated {
  return new Unauthenticated(
    'credential_misplaced',
    `The key was sent as ${rule?.how ?? 'something else'}, which is not taken here. ${howTo(taken)}`,
  );
}

function ambiguous(taken: readonly CredentialPlace[]): Unauthenticated {
  return new Unauthenticated(
    'credential_ambiguous',
    `Several keys were sent, and they differ, so it is not clear who calls. ${howTo(taken)} Leave the others out.`,
  );
}
