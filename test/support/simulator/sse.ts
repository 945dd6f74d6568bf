import { deepMerge, isObject, type JsonObject } from './json';

/** One event of a stream. */
export interface Frame {
  /** Name of the SSE event, where the vendor names them. */
  event?: string;
  /** JSON, or text that is sent as it stands (`[DONE]`). */
  data: JsonObject | string;
  /** It carries a piece of the answer: faults and delays count these. */
  content?: boolean;
  /** Where a script's `extra` goes: into the data, or into the `response` in it. */
  extraInto?: 'data' | 'response';
}

/** `sse` ends lines with \n, `sse-crlf` with \r\n as Google does, `json-array` is Google's without alt=sse. */
export type StreamFormat = 'sse' | 'sse-crlf' | 'json-array';

export function streamEnvelope(format: StreamFormat): { contentType: string; open: string; close: string } {
  return format === 'json-array'
    ? { contentType: 'application/json; charset=UTF-8', open: '[', close: '\n]\n' }
    : { contentType: 'text/event-stream; charset=utf-8', open: '', close: '' };
}

export function encodeFrame(frame: Frame, format: StreamFormat, first: boolean, broken = false): string {
  const whole = typeof frame.data === 'string' ? frame.data : JSON.stringify(frame.data);
  const text = broken ? whole.slice(0, Math.ceil(whole.length / 2)) : whole;
  if (format === 'json-array') return first ? text : `\n,\r\n${text}`;
  const eol = format === 'sse' ? '\n' : '\r\n';
  const name = frame.event === undefined ? '' : `event: ${frame.event}${eol}`;
  return `${name}data: ${text}${eol}${eol}`;
}

/** The frames with `extra` merged into the last one that takes it. */
export function withExtra(frames: Frame[], extra: JsonObject | undefined): Frame[] {
  const index = extra ? frames.findLastIndex((frame) => frame.extraInto) : -1;
  return frames.map((frame, i) => {
    if (i !== index || !isObject(frame.data)) return frame;
    const over = frame.extraInto === 'response' ? { response: extra } : extra;
    const data = deepMerge(frame.data, over);
    return isObject(data) ? { ...frame, data } : frame;
  });
}

/**
 * The index at which a fault strikes: when `after` pieces of the answer are out, in the place of the next
 * one; in the place of what follows the last one when there are no more.
 */
export function strikeIndex(frames: Frame[], after: number): number {
  const contents = frames.flatMap((frame, i) => (frame.content ? [i] : []));
  const next = contents[Math.max(0, Math.floor(after))];
  if (next !== undefined) return next;
  const last = contents.at(-1) ?? 0;
  return Math.min(last + 1, frames.length);
}
