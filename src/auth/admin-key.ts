import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings';
import { Installation } from '../database/installation';
import { generateApiKey, hashApiKey } from './api-key-secret';

const HASH = 'admin_key_hash';

/** The platform administrator's key: given by STUDIO_ADMIN_KEY, or made on the first boot and kept as a hash. */
@Injectable()
export class AdminKey {
  private hash: Buffer | null = null;

  constructor(
    private readonly installation: Installation,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Returns the key when it was made just now, to be shown this once. */
  async prepare(): Promise<string | null> {
    if (this.settings.adminKey !== null) {
      this.hash = Buffer.from(hashApiKey(this.settings.adminKey), 'hex');
      return null;
    }
    const candidate = generateApiKey();
    const candidateHash = hashApiKey(candidate);
    const kept = await this.installation.keepFirst(HASH, candidateHash);
    this.hash = Buffer.from(kept, 'hex');
    return kept === candidateHash ? candidate : null;
  }

  matches(keyHash: string): boolean {
    return this.hash !== null && timingSafeEqual(this.hash, Buffer.from(keyHash, 'hex'));
  }
}
