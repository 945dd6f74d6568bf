/** A model of the caller's, as the dialects list it. */
export interface ListedModel {
  /** The name that calls use. */
  readonly id: string;
  readonly displayName: string;
  readonly createdAt: Date;
  /** The type of the provider that it is called at. */
  readonly ownedBy: string;
  /** Tokens; null when unknown. */
  readonly inputTokenLimit: number | null;
  readonly outputTokenLimit: number | null;
  /** Whether it makes vectors of texts, and no texts. */
  readonly embeds: boolean;
}
