const SECRET_FIELDS =
  /^(authorization|x-api-key|x-goog-api-key|cookie|set-cookie|api_?key|apikey|password|secret|token|key)$/i;

/** Forms of keys that vendors and we ourselves give out, wherever they turn up in a text. */
const SECRET_TEXTS: readonly RegExp[] = [
  /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{12,}/g,
  /\bsk_studio_[A-Za-z0-9_-]{8,}/g,
  /\bAIza[A-Za-z0-9_-]{20,}/g,
  /\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{8,}/gi,
  /([?&](?:key|api_key|token)=)[^&\s"']+/gi,
  /(:\/\/[^\s:@/]*:)[^\s@/]+(?=@)/g,
];

const HIDDEN = '[redacted]';

/** Takes what looks like a key out of a text. */
export function redactText(text: string): string {
  let clean = text;
  for (const pattern of SECRET_TEXTS) {
    clean = clean.replace(pattern, (_match: string, group: unknown) =>
      typeof group === 'string' ? `${group}${/[=:]$/.test(group) ? '' : ' '}${HIDDEN}` : HIDDEN,
    );
  }
  return clean;
}

const MAX_DEPTH = 6;

/** A copy of a value for the log: secret fields hidden by name, key-like texts by form. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) {
    const stack = value.stack ? redactText(value.stack) : undefined;
    const cause = value.cause === undefined ? {} : { cause: redactValue(value.cause, depth + 1) };
    const errors = value instanceof AggregateError ? { errors: redactValue(value.errors, depth + 1) } : {};
    return { name: value.name, message: redactText(value.message), stack, ...cause, ...errors };
  }
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  const clean: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    clean[name] =
      SECRET_FIELDS.test(name) && (typeof item === 'string' || Array.isArray(item))
        ? HIDDEN
        : redactValue(item, depth + 1);
  }
  return clean;
}
