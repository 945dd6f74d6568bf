/**
 * What a URL of Google's API names: `…/models/{model}:{action}?query`. @google/generative-ai and @ai-sdk/google leave
 * `models/` out where the model's name has a slash, as they take it for a path of its own.
 */
export interface GoogleTarget {
  readonly model: string;
  /** Empty when the URL names none. */
  readonly action: string;
  readonly query: URLSearchParams;
}

/** Names of models may hold slashes and colons: the last colon is the one before the action. */
export function readTarget(url: string): GoogleTarget {
  const [path = '', query = ''] = url.split('?', 2);
  const name = path.replace(/^\/v1(beta)?\/(models\/)?/, '');
  const colon = name.lastIndexOf(':');
  return {
    model: decode(colon < 0 ? name : name.slice(0, colon)),
    action: colon < 0 ? '' : name.slice(colon + 1),
    query: new URLSearchParams(query),
  };
}

/** What is badly escaped is nobody's name: it is looked for as it stands, and not found. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
