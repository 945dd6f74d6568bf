import { listModelIds } from '../../providers/contract/price-choice';
import shippedCatalog from './catalog.json';

/** What a model can do; null where no public source says. */
export interface ModelCapabilities {
  readonly text: boolean | null;
  readonly images: boolean | null;
  readonly audio: boolean | null;
  readonly tools: boolean | null;
  readonly jsonSchema: boolean | null;
  readonly reasoning: boolean | null;
  readonly embeddings: boolean | null;
  readonly streaming: boolean | null;
}

export interface ModelLifecycle {
  readonly status: 'active' | 'deprecated' | 'retired';
  /** The day the vendor retires or retired it, YYYY-MM-DD; null when none is published. */
  readonly date: string | null;
}

/** What is publicly known about one of a vendor's models. */
export interface CatalogModel {
  readonly vendor: string;
  readonly vendorModelId: string;
  readonly displayName: string;
  /** Tokens of input and output together, null when unknown. */
  readonly contextWindow: number | null;
  /** Tokens, reasoning included; null when unknown or when the model gives no text. */
  readonly maxOutputTokens: number | null;
  readonly capabilities: ModelCapabilities;
  readonly lifecycle: ModelLifecycle;
  readonly source: string;
  readonly checkedOn: string;
}

const models: readonly CatalogModel[] = shippedCatalog.models.map((model) => ({
  ...model,
  lifecycle: { ...model.lifecycle, status: toStatus(model.lifecycle.status) },
}));

function toStatus(status: string): ModelLifecycle['status'] {
  return status === 'deprecated' || status === 'retired' ? status : 'active';
}

const byId = new Map(models.map((model) => [`${model.vendor} ${model.vendorModelId}`, model]));

/** The day the catalog was last revised, YYYY-MM-DD. */
export const CATALOG_VERSION: string = shippedCatalog.version;

/** A model by the vendor's exact id, or by the id without its snapshot's date; never by a prefix. */
export function findCatalogModel(vendor: string, vendorModelId: string): CatalogModel | undefined {
  for (const id of listModelIds(vendorModelId)) {
    const found = byId.get(`${vendor} ${id}`);
    if (found) return found;
  }
  return undefined;
}

/** All known models, of one vendor if asked for. */
export function listCatalogModels(vendor?: string): readonly CatalogModel[] {
  return vendor === undefined ? models : models.filter((model) => model.vendor === vendor);
}
