const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,/i;

/** An image that came inside its URL (`data:image/png;base64,…`), or null when the URL is a plain one. */
export function readDataUrl(url: string): { readonly mediaType: string; readonly data: string } | null {
  const head = DATA_URL.exec(url.slice(0, 200));
  return head?.[1] === undefined
    ? null
    : { mediaType: head[1].toLowerCase(), data: url.slice(head[0].length) };
}
