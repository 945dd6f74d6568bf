import { type Binding } from './vault';

/** What a provider's ciphertext is bound to. */
export function bindingOf(provider: { readonly id: string; readonly teamId: string }): Binding {
  return { table: 'ai_providers', teamId: provider.teamId, rowId: provider.id };
}
