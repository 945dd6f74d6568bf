import { type PriceRow } from '../../providers/contract/price';
import { listModelIds, type PriceQuery } from '../../providers/contract/price-choice';

const day = (at: number): string => new Date(at).toISOString();

/** Why a row prices a call, in the order in which rows are chosen, one sentence each. */
export function explainChoice(row: PriceRow, query: PriceQuery, candidates: readonly PriceRow[]): string[] {
  const reasons: string[] = [];
  const lists = candidates.some(({ teamId }) => teamId === null);
  if (row.teamId !== null)
    reasons.push(`It is the team's own price${lists ? ', which goes before list prices' : ''}.`);
  else reasons.push('It is the list price; the team has no price of its own that fits.');
  reasons.push(
    row.vendorModel === query.vendorModel
      ? 'It is for exactly this model id.'
      : `It is for "${row.vendorModel}", which "${query.vendorModel}" is a version of (${listModelIds(query.vendorModel).join(' → ')}).`,
  );
  reasons.push(`It is for calls served as "${row.servedTier}".`);
  reasons.push(row.surface === null ? 'It is for every API.' : `It is for the API "${row.surface}".`);
  reasons.push(
    row.regionClass === null
      ? query.region === null
        ? 'It is for no region in particular.'
        : `It is for every region: there is no row for "${query.region}".`
      : `It is for the region "${row.regionClass}".`,
  );
  reasons.push(
    row.aboveContextTokens === 0
      ? `It is for prompts of any length; no higher tier begins below ${query.promptTotal} tokens.`
      : `It is for prompts of more than ${row.aboveContextTokens} tokens, and this has ${query.promptTotal}.`,
  );
  const until = row.validTo === null ? '' : ` until ${day(row.validTo)}`;
  reasons.push(`It is valid from ${day(row.validFrom)} on${until}.`);
  return reasons;
}

/** Why nothing prices a call, and what would. */
export function explainLack(vendor: string, query: PriceQuery, candidates: readonly PriceRow[]): string {
  const asked =
    `No price of ${vendor} "${query.vendorModel}" served as "${query.servedTier}" ` +
    `holds at ${day(query.at)}.`;
  if (candidates.length === 0) {
    return `${asked} The price book has no row for this model id. Check the id, or record a price with POST /api/v1/prices.`;
  }
  const known = [...new Set(candidates.map(describe))].sort();
  const shown = known.slice(0, 8).join('; ');
  return `${asked} There are rows for: ${shown}${known.length > 8 ? '; …' : ''}.`;
}

function describe(row: PriceRow): string {
  const parts = [row.servedTier];
  if (row.regionClass !== null) parts.push(`region ${row.regionClass}`);
  if (row.surface !== null) parts.push(`API ${row.surface}`);
  if (row.aboveContextTokens > 0) parts.push(`more than ${row.aboveContextTokens} tokens`);
  parts.push(`from ${day(row.validFrom)}${row.validTo === null ? '' : ` to ${day(row.validTo)}`}`);
  return parts.join(', ');
}
