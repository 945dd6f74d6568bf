import { type Metered, type MeterContext } from './usage';
import { asObject, usageMissing, UsageNotes } from './usage-builder';

export type MeterUsage = (raw: unknown, context: MeterContext) => Metered;

/**
 * A vendor's reader as a `meterUsage` that never throws, whatever it is given: context of the wrong types is
 * as if it were absent, and usage that cannot be read at all is missing, with the flag `usage_unreadable`.
 */
export function meterSafely(read: MeterUsage): MeterUsage {
  return (raw, context) => {
    try {
      return read(raw, cleanContext(context));
    } catch {
      const notes = new UsageNotes();
      notes.note('usage_unreadable');
      return usageMissing({ tier: 'standard', region: null }, notes);
    }
  };
}

function cleanContext(context: unknown): MeterContext {
  const given = asObject(context);
  const headers = asObject(given?.responseHeaders);
  return {
    api: readString(given?.api) ?? '',
    model: readString(given?.model) ?? '',
    batch: given?.batch === true,
    servedTier: readString(given?.servedTier),
    speed: readString(given?.speed),
    geo: readString(given?.geo),
    baseUrl: readString(given?.baseUrl),
    responseHeaders: headers ? keepStrings(headers) : undefined,
  };
}

function readString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The headers themselves where every value is a text, as those of our own calls are. */
function keepStrings(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  for (const name in headers) {
    if (typeof headers[name] !== 'string') return Object.fromEntries(Object.entries(headers).filter(isText));
  }
  return headers as Record<string, string>;
}

const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';
