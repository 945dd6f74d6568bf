import { formatDollars } from '../../common/money';
import { type CostLine } from '../../providers/contract/price';
import {
  TOKEN_CLASSES,
  UNIT_CLASSES,
  USAGE_QUALITIES,
  type UsageClass,
  type UsageVector,
} from '../../providers/contract/usage';
import { type ServedRecord } from './served-usage';

/**
 * What an event keeps as JSON text. It is put together here, from parts that are the same in every call: the
 * engine's writer takes half as long again. A name of ours (a class, a decimal) needs no escapes.
 */

const CLASS_PARTS = partsOf(
  [...TOKEN_CLASSES, ...UNIT_CLASSES],
  (name) => `,"usageClass":"${name}","count":`,
);
const QUALITY_PARTS = partsOf(USAGE_QUALITIES, (name) => `,"quality":"${name}","surface":`);

function partsOf<Name extends string>(
  names: readonly Name[],
  toPart: (name: Name) => string,
): Readonly<Record<Name, string>> {
  return Object.fromEntries(names.map((name) => [name, toPart(name)])) as Record<Name, string>;
}

/** Cost lines as they are kept and shown: a list of objects, money as decimal dollars, what is unknown null. */
export function costLinesText(lines: readonly CostLine[]): string {
  let text = '';
  for (const { vendorModel, priceId, usageClass, count, unitPrice, amount } of lines) {
    text += text === '' ? '[{"vendorModel":' : ',{"vendorModel":';
    text += `${quote(vendorModel)},"priceVersionId":${quoteOrNull(priceId)}${CLASS_PARTS[usageClass]}${count}`;
    text += `,"unitPrice":${quoteOrNull(unitPrice)}`;
    text += amount === null ? ',"amount":null}' : `,"amount":"${formatDollars(amount)}"}`;
  }
  return text === '' ? '[]' : `${text}]`;
}

export function vectorText(vector: UsageVector): string {
  let text = '';
  for (const name in vector) {
    text += `${text === '' ? '{"' : ',"'}${name}":${vector[name as UsageClass] ?? 0}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

export function servedText(record: ServedRecord): string {
  const { tier, region, quality, surface, promptTotal, lines } = record;
  if (promptTotal === undefined || lines !== undefined) return JSON.stringify(record);
  return (
    `{"tier":${quote(tier)},"region":${quoteOrNull(region)}${QUALITY_PARTS[quality]}${quote(surface)}` +
    `,"promptTotal":${promptTotal}}`
  );
}

const MAX_QUOTED = 5_000;
/** Longer texts come once, and would fill the memory. */
const LONGEST_KEPT = 200;
const quoted = new Map<string, string>();

/** A text as JSON; ids of models and prices come again and again. */
function quote(text: string): string {
  const known = quoted.get(text);
  if (known !== undefined) return known;
  const json = JSON.stringify(text);
  if (text.length > LONGEST_KEPT) return json;
  if (quoted.size >= MAX_QUOTED) quoted.clear();
  quoted.set(text, json);
  return json;
}

const quoteOrNull = (text: string | null): string => (text === null ? 'null' : quote(text));
