import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings';
import { type NativeWay } from './contract/native';
import { type ProviderStrategy, type VendorDefinition } from './contract/strategy';
import { type ProviderAccount } from './provider-account';
import { createTransport } from './transport/undici-transport';
import { bindingOf } from './vault/provider-binding';
import { Vault } from './vault/vault';
import { findVendor } from './vendors';

interface Built {
  /** The object that it was last asked for with: the same object needs no comparison. */
  account: ProviderAccount;
  readonly version: string;
  readonly strategy: ProviderStrategy;
  /** Null for a vendor whose own format no dialect is. */
  readonly native: NativeWay | null;
}

const MAX_STRATEGIES = 500;

/** All that a strategy is built from: when one part changes, another strategy is built. */
function versionOf(provider: ProviderAccount): string {
  return JSON.stringify([provider.type, provider.apiKey, provider.configuration.baseUrl ?? null]);
}

/**
 * Builds the right vendor's strategy for a provider, once per version of it. An outdated strategy is
 * closed: calls in flight on it end in peace, new ones get the new credentials.
 */
@Injectable()
export class ProviderFactory implements OnApplicationShutdown {
  private readonly built = new Map<string, Built>();

  constructor(
    private readonly vault: Vault,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @throws VaultError when the stored key cannot be read; Error for a vendor that is not registered */
  strategyFor(provider: ProviderAccount): ProviderStrategy {
    return this.builtFor(provider).strategy;
  }

  /** The way of the vendor's own format; null when it has none. @throws as `strategyFor` */
  nativeFor(provider: ProviderAccount): NativeWay | null {
    return this.builtFor(provider).native;
  }

  private builtFor(provider: ProviderAccount): Built {
    const existing = this.built.get(provider.id);
    if (existing?.account === provider) return existing;
    const version = versionOf(provider);
    if (existing?.version === version) {
      existing.account = provider;
      return existing;
    }
    const built = { account: provider, version, ...this.build(provider) };
    this.forget(provider.id);
    this.built.set(provider.id, built);
    this.evictOldest();
    return built;
  }

  definitionOf(type: string): VendorDefinition {
    const vendor = findVendor(type);
    if (!vendor)
      throw new Error(`No vendor of type "${type}" is registered (src/providers/vendors/index.ts).`);
    return vendor;
  }

  forget(providerId: string): void {
    const existing = this.built.get(providerId);
    this.built.delete(providerId);
    void existing?.strategy.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.built.values()].map(({ strategy }) => strategy.close()));
    this.built.clear();
  }

  private build(provider: ProviderAccount): Pick<Built, 'strategy' | 'native'> {
    const vendor = this.definitionOf(provider.type);
    const apiKey = this.vault.decrypt(provider.apiKey, bindingOf(provider));
    const transport = createTransport({ allowPrivate: this.settings.allowPrivateBaseUrls });
    const account = { apiKey, baseUrl: provider.configuration.baseUrl };
    return {
      strategy: vendor.createStrategy(account, transport),
      native: vendor.createNativeWay?.(account, transport) ?? null,
    };
  }

  private evictOldest(): void {
    if (this.built.size <= MAX_STRATEGIES) return;
    const oldest = this.built.keys().next();
    if (!oldest.done) this.forget(oldest.value);
  }
}
