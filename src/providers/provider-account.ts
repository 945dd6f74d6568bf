/** A provider's defaults and limits; each is optional. */
export interface ProviderConfiguration {
  readonly defaultModel?: string;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly baseUrl?: string;
  readonly maxRetries?: number;
  readonly timeoutSeconds?: number;
}

/** A team's account at a vendor as other rooms see it: plain data, the key as the vault keeps it. */
export interface ProviderAccount {
  readonly id: string;
  readonly teamId: string;
  readonly name: string;
  /** A vendor's id, as `vendors/index.ts` lists it. */
  readonly type: string;
  /** The vault's ciphertext; never the key. */
  readonly apiKey: string;
  readonly configuration: ProviderConfiguration;
  readonly isActive: boolean;
}
