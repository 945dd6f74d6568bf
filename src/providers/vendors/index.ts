import { type VendorDefinition } from '../contract/strategy';
import { anthropic } from './anthropic/definition';
import { google } from './google/definition';
import { openaiCompatible } from './openai-compatible/definition';
import { openai } from './openai/definition';

/** Every vendor that a provider's `type` can name: one line per vendor. */
// prettier-ignore
export const vendors: readonly VendorDefinition[] = [
  openai,
  anthropic,
  google,
  openaiCompatible,
];

const byId = new Map<string, VendorDefinition>();
for (const definition of vendors) {
  if (byId.has(definition.id)) throw new Error(`Two vendors have the id "${definition.id}".`);
  byId.set(definition.id, definition);
}

export function findVendor(id: string): VendorDefinition | undefined {
  return byId.get(id);
}
