import { type IncomingHttpHeaders } from 'node:http';

/** The key of `Authorization: Bearer <key>`, if there is one. */
export function credentialOf(headers: IncomingHttpHeaders): string | undefined {
  const match = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '');
  return match?.[1];
}

/** The team named by X-Team-Id, if one is. */
export function teamHeaderOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-team-id'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
