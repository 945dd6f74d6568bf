import { parseKeyRing } from './key-ring';
import { type Binding, Vault, VaultError } from './vault';

const key = (id: string, byte: number): string => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const vaultOf = (...keys: string[]): Vault => new Vault(parseKeyRing(keys.join(',')));

const binding: Binding = { table: 'ai_providers', teamId: 'team-1', rowId: 'row-1' };
const SECRET = 'sk-canary-0123456789 Grüße 日本';

describe('A vault', () => {
  const vault = vaultOf(key('k1', 1));
  const sealed = vault.encrypt(SECRET, binding);

  it.each(['', 'a', SECRET, 'x'.repeat(10_000)])('gives a text back as it was', (text) => {
    expect(vault.decrypt(vault.encrypt(text, binding), binding)).toBe(text);
  });

  it('never gives the same ciphertext twice, and shows nothing of the text in it', () => {
    const all = Array.from({ length: 100 }, () => vault.encrypt(SECRET, binding));
    expect(new Set(all).size).toBe(100);
    expect(all[0]).toMatch(/^v1\.k1\.[A-Za-z0-9_-]+$/);
    expect(Buffer.from(all[0]?.split('.')[2] ?? '', 'base64url').toString('utf8')).not.toContain('canary');
  });

  it('does not read a ciphertext of which any one byte was changed, cut or added', () => {
    const [version, id, encoded = ''] = sealed.split('.');
    const bytes = Buffer.from(encoded, 'base64url');
    const forge = (changed: Buffer): string => [version, id, changed.toString('base64url')].join('.');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => vault.decrypt(forge(changed), binding)).toThrow(VaultError);
      expect(() => vault.decrypt(forge(bytes.subarray(0, index)), binding)).toThrow(VaultError);
    }
    expect(() => vault.decrypt(forge(Buffer.concat([bytes, Buffer.alloc(1)])), binding)).toThrow(VaultError);
  });

  it.each<[string, Partial<Binding>]>([
    ['another row', { rowId: 'row-2' }],
    ['another team', { teamId: 'team-2' }],
    ['another table', { table: 'ai_models' }],
  ])('does not read a ciphertext that was moved to %s', (_name, moved) => {
    expect(() => vault.decrypt(sealed, { ...binding, ...moved })).toThrow(VaultError);
  });

  it.each<[string, string]>([
    ['another version', sealed.replace(/^v1/, 'v2')],
    ['no form at all', 'plain-text-key'],
    ['nothing', ''],
    ['no bytes', 'v1.k1.'],
    ['no key id', 'v1'],
  ])('does not read %s', (_name, ciphertext) => {
    expect(() => vault.decrypt(ciphertext, binding)).toThrow(VaultError);
  });

  it('does not read with the bytes of another key under the same id', () => {
    expect(() => vaultOf(key('k1', 2)).decrypt(sealed, binding)).toThrow(
      'does not decrypt with the master key "k1"',
    );
  });

  it('does not read under the id of another key that it has, even one of the same bytes', () => {
    const twins = vaultOf(key('k1', 1), key('k2', 1));
    expect(() => twins.decrypt(sealed.replace('.k1.', '.k2.'), binding)).toThrow(VaultError);
  });

  it('names the key that it lacks', () => {
    expect(() => vaultOf(key('k2', 2)).decrypt(sealed, binding)).toThrow(
      '"k1", which STUDIO_ENCRYPTION_KEYS',
    );
  });

  it('tells nothing of what a ciphertext holds when it does not read it', () => {
    const other = { ...binding, rowId: 'x' };
    expect(() => vault.decrypt(sealed, other)).not.toThrow(/canary/);
  });

  it('rotates: a new first key encrypts, the older ones still read until they are taken out', () => {
    const both = vaultOf(key('k2', 2), key('k1', 1));
    expect(both.isOutdated(sealed)).toBe(true);
    const fresh = both.encrypt(both.decrypt(sealed, binding), binding);
    expect(both.isOutdated(fresh)).toBe(false);
    const after = vaultOf(key('k2', 2));
    expect(after.decrypt(fresh, binding)).toBe(SECRET);
    expect(() => after.decrypt(sealed, binding)).toThrow(VaultError);
  });
});
