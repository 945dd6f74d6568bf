import { formatDollars } from '../../common/money';
import { type CostLine } from '../../providers/contract/price';
import { remembered } from '../../providers/contract/remembered';
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

const CLASS_PARTS = partsOf([...TOKEN_CLASSES, ...UNIT_CLASSES], (name) => `["${name}",`);
const QUALITY_PARTS = partsOf(USAGE_QUALITIES, (name) => `,"quality":"${name}","surface":`);

function partsOf<Name extends string>(
  names: readonly Name[],
  toPart: (name: Name) => string,
): Readonly<Record<Name, string>> {
  return Object.fromEntries(names.map((name) => [name, toPart(name)])) as Record<Name, string>;
}

/** A raw query gives JSON columns as text on SQLite and parsed on MariaDB. */
export const fromJson = <T>(value: unknown): T =>
  (typeof value === 'string' ? JSON.parse(value) : value) as T;

/** A part of a cost as it is shown: money as decimal dollars, what is unknown null. */
export interface KeptCostLine {
  readonly vendorModel: string;
  readonly priceVersionId: string | null;
  readonly usageClass: string;
  readonly count: number;
  readonly unitPrice: string | null;
  readonly amount: string | null;
}

/** What stands for each line below its model and price: class, count, unit price, amount. */
type ShortLine = readonly [string, number, string | null, string | null];

interface LinesOfPrice {
  readonly vendorModel: string;
  readonly priceVersionId: string | null;
  readonly lines: readonly ShortLine[];
}

/**
 * Cost lines as they are kept: those of one model and price together, which takes half the room of a list of
 * `KeptCostLine`, as it was kept before.
 */
export function costLinesText(lines: readonly CostLine[]): string {
  let text = '';
  let before: CostLine | null = null;
  for (const line of lines) {
    const { vendorModel, priceId, usageClass, count, unitPrice, amount } = line;
    if (before?.vendorModel === vendorModel && before.priceId === priceId) text += ',';
    else {
      text += before === null ? '[{"vendorModel":' : ']},{"vendorModel":';
      text += `${quote(vendorModel)},"priceVersionId":${quoteOrNull(priceId)},"lines":[`;
    }
    text += `${CLASS_PARTS[usageClass]}${count},${quoteOrNull(unitPrice)}`;
    text += amount === null ? ',null]' : `,"${formatDollars(amount)}"]`;
    before = line;
  }
  return before === null ? '[]' : inOnePiece(`${text}]}]`);
}

/** What is kept of a cost, line by line. @param value the JSON, as text or as the driver has read it already */
export function readCostLines(value: unknown): readonly KeptCostLine[] {
  const kept = fromJson<readonly (LinesOfPrice | KeptCostLine)[] | null>(value) ?? [];
  return kept.flatMap((entry) => ('lines' in entry ? spread(entry) : [entry]));
}

function spread({ vendorModel, priceVersionId, lines }: LinesOfPrice): KeptCostLine[] {
  return lines.map(([usageClass, count, unitPrice, amount]) => ({
    vendorModel,
    priceVersionId,
    usageClass,
    count,
    unitPrice,
    amount,
  }));
}

export function vectorText(vector: UsageVector): string {
  let text = '';
  for (const name in vector) {
    text += `${text === '' ? '{"' : ',"'}${name}":${vector[name as UsageClass] ?? 0}`;
  }
  return text === '' ? '{}' : inOnePiece(`${text}}`);
}

export function servedText(record: ServedRecord): string {
  const { tier, region, quality, surface, promptTotal, lines } = record;
  if (promptTotal === undefined || lines !== undefined) return JSON.stringify(record);
  return inOnePiece(
    `{"tier":${quote(tier)},"region":${quoteOrNull(region)}${QUALITY_PARTS[quality]}${quote(surface)}` +
      `,"promptTotal":${promptTotal}}`,
  );
}

/**
 * The engine keeps a text that was put together as a tree of its parts, which takes several times the room, until
 * somebody reads a letter of it. An event waits for its commit for so long that the parts would grow old.
 */
function inOnePiece(text: string): string {
  return Number.isNaN(text.charCodeAt(0)) ? '' : text;
}

/** A text as JSON; ids of models and prices come again and again. */
const quote = remembered((text) => JSON.stringify(text));

const quoteOrNull = (text: string | null): string => (text === null ? 'null' : quote(text));
