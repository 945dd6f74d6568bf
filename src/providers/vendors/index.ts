import { type VendorDefinition } from '../contract/strategy';
import { openai } from './openai/definition';

/** Every vendor that a provider's `type` can name: one line per vendor. */
export const vendors: readonly VendorDefinition[] = [openai];

const byId = new Map<string, VendorDefinition>();
for (const definition of vendors) {
  if (byId.has(definition.id)) throw new Error(`Two vendors have the id "${definition.id}".`);
  byId.set(definition.id, definition);
}

export function findVendor(id: string): VendorDefinition | undefined {
  return byId.get(id);
}
