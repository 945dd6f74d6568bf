import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings';
import { Installation } from '../database/installation';
import { generateApiKey, hashApiKey } from './api-key-secret';

const HASH = 'admin_key_hash';
const HASH_LENGTH = 64;

/** The platform administrator's key: given by STUDIO_ADMIN_KEY, or made on the first boot and kept as a hash. */
@Injectable()
export class AdminKey {
  /** The hash in hexadecimal, as bytes, and room for one to compare with it. */
  private hash: Buffer | null = null;
  private readonly candidate = Buffer.alloc(HASH_LENGTH);

  constructor(
    private readonly installation: Installation,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Returns the key when it was made just now, to be shown this once. */
  async prepare(): Promise<string | null> {
    if (this.settings.adminKey !== null) {
      this.hash = Buffer.from(hashApiKey(this.settings.adminKey), 'latin1');
      return null;
    }
    const candidate = generateApiKey();
    const candidateHash = hashApiKey(candidate);
    const kept = await this.installation.keepFirst(HASH, candidateHash);
    this.hash = Buffer.from(kept, 'latin1');
    return kept === candidateHash ? candidate : null;
  }

  matches(keyHash: string): boolean {
    if (this.hash === null) return false;
    this.candidate.write(keyHash, 'latin1');
    return timingSafeEqual(this.hash, this.candidate);
  }
}
