import {
  type AudioPart,
  type DocumentPart,
  type ImageDetail,
  type ImagePart,
} from '../../../providers/contract/completion';
import { readDataUrl } from '../../../providers/transport/data-url';
import { type Fields } from '../json-fields';
import { needText } from './common-fields';

const DETAILS: readonly (ImageDetail | 'original')[] = ['auto', 'low', 'high', 'original'];

/** A picture by its URL, or by its bytes in a data URL. @param name of the field that holds the URL */
export function readImage(from: Fields, name: string): ImagePart {
  const url = needText(from, name);
  const detail = from.choice('detail', DETAILS);
  if (detail === 'original') throw from.refused('detail', 'a picture in its original size');
  const kept = detail === undefined ? {} : { detail };
  const inline = readDataUrl(url);
  if (inline) return { type: 'image', ...inline, ...kept };
  return { type: 'image', url: needWebUrl(from, name, url), ...kept };
}

/** A file by its bytes (`file_data`, a data URL) or by its `file_url`, which Responses have. */
export function readFile(from: Fields): DocumentPart {
  if (from.get('file_id') !== undefined) throw from.refused('file_id', 'a file that is kept at OpenAI');
  const name = from.text('filename');
  const named = name === undefined ? {} : { name };
  const url = from.text('file_url');
  if (url !== undefined) return { type: 'document', url: needWebUrl(from, 'file_url', url), ...named };
  const data = needText(from, 'file_data');
  const inline = readDataUrl(data) ?? guessPdf(data);
  if (inline) return { type: 'document', ...inline, ...named };
  throw from.wrong('file_data', 'must say what it is: a data URL such as data:application/pdf;base64,…');
}

/** Sound, in the two formats that the protocol names. */
export function readAudio(from: Fields): AudioPart {
  const format = from.needed('format', from.choice('format', ['wav', 'mp3'] as const));
  return {
    type: 'audio',
    mediaType: format === 'wav' ? 'audio/wav' : 'audio/mpeg',
    data: needText(from, 'data'),
  };
}

function needWebUrl(from: Fields, name: string, url: string): string {
  if (/^https?:\/\//i.test(url)) return url;
  throw from.wrong(name, 'must begin with http:// or https://, or be a data URL in base64');
}

/** OpenAI also takes a PDF's bare base64, which begins with `%PDF`. */
function guessPdf(data: string): { mediaType: string; data: string } | null {
  return data.startsWith('JVBER') ? { mediaType: 'application/pdf', data } : null;
}
