/** A field of the contract's request, taken apart: `messages[2].content` is messages, 2, content. */
export interface ContractField {
  readonly name: string;
  /** Of a message or tool, null for what is none. */
  readonly index: number | null;
  /** What follows the index, without its dot. */
  readonly rest: string;
}

/** Reads a name as refusals give it; `parameters.` in front of a parameter is left out. */
export function readContractField(field: string): ContractField {
  const match = /^(messages|tools)\[(\d+)\]\.?(.*)$/.exec(field);
  if (match) return { name: match[1] ?? '', index: Number(match[2]), rest: match[3] ?? '' };
  return { name: field.replace(/^parameters\./, ''), index: null, rest: '' };
}

export function joinPath(path: string, member: string): string {
  return member === '' ? path : `${path}.${member}`;
}
