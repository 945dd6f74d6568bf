import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type KeyRing } from './key-ring';

/** A ciphertext that cannot be read; the message says why and what to do, never what it holds. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/** The row that a ciphertext belongs to: moved to another row or team, it does not decrypt. */
export interface Binding {
  readonly table: string;
  readonly teamId: string;
  readonly rowId: string;
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

function associatedData(binding: Binding, keyId: string): Buffer {
  return Buffer.from([VERSION, keyId, binding.table, binding.teamId, binding.rowId].join('\n'));
}

/** AES-256-GCM. A ciphertext is `v1.<key id>.<base64url of iv, tag and text>`. */
export class Vault {
  constructor(private readonly keys: KeyRing) {}

  encrypt(plaintext: string, binding: Binding): string {
    return this.encryptBytes(Buffer.from(plaintext), binding);
  }

  encryptBytes(plaintext: Uint8Array, binding: Binding): string {
    const { id, bytes } = this.keys.primary;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, bytes, iv);
    cipher.setAAD(associatedData(binding, id));
    const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return [VERSION, id, Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')].join('.');
  }

  /** @throws VaultError */
  decrypt(ciphertext: string, binding: Binding): string {
    return this.decryptBytes(ciphertext, binding).toString('utf8');
  }

  /** @throws VaultError */
  decryptBytes(ciphertext: string, binding: Binding): Buffer {
    const [version, keyId = '', encoded = ''] = ciphertext.split('.');
    if (version !== VERSION)
      throw new VaultError('The stored key is not in a form that this version can read.');
    const key = this.keys.find(keyId);
    if (!key) {
      throw new VaultError(
        `The stored key was encrypted with the master key "${keyId}", which STUDIO_ENCRYPTION_KEYS does not have. Add it again.`,
      );
    }
    const sealed = Buffer.from(encoded, 'base64url');
    try {
      const decipher = createDecipheriv(ALGORITHM, key.bytes, sealed.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(associatedData(binding, keyId));
      decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw new VaultError(
        `The stored key does not decrypt with the master key "${keyId}": its bytes are another key's, or the row was changed.`,
        { cause },
      );
    }
  }

  /** Whether a ciphertext was made with a key that no longer encrypts. */
  isOutdated(ciphertext: string): boolean {
    return ciphertext.split('.')[1] !== this.keys.primary.id;
  }
}
