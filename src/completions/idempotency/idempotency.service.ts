import { Injectable, Logger } from '@nestjs/common';
import { type Principal } from '../../auth/principal';
import { Clock } from '../../common/clock';
import { uuidv7Bytes } from '../../common/uuid';
import { Instance } from '../../jobs/instance';
import { type Binding, Vault, VaultError } from '../../providers/vault/vault';
import { keyIdOf } from './idempotency-key';
import { answerNotStored, answerUnreadable, keyInFlight, keyReused } from './idempotency.refusals';
import {
  ANSWERED_UNSTORED,
  type ClaimRow,
  type FoundClaim,
  IdempotencyStore,
  RUNNING,
} from './idempotency.store';
import { Insistence } from './insistence';
import { packAnswer, type StoredAnswer, unpackAnswer } from './stored-answer';

const KEPT_MS = 24 * 3_600_000;
/** A longer answer is not stored. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** A key that is freed and taken again and again is in use, whatever the last look at it said. */
const MAX_LOOKS = 20;

export interface ClaimRequest {
  readonly principal: Principal;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly key: string;
  /** Of the body, and of the query where it changes the answer (`hashRequest`). */
  readonly bodyHash: Buffer;
}

/** The key is ours: the call is made, and ended by one of the two. Neither throws. */
export interface RunningClaim {
  readonly kind: 'run';
  /** Stores the answer; null for one over the limit. Await it before the answer's last byte is sent. */
  keep(answer: StoredAnswer | null): Promise<void>;
  /** Frees the key: the call failed, or its client left. Await it before the error is sent. */
  release(): Promise<void>;
}

export type Claim = { readonly kind: 'replay'; readonly answer: StoredAnswer } | RunningClaim;

/** Lets a call under an Idempotency-Key happen once, on however many instances it is asked for. */
@Injectable()
export class IdempotencyService {
  private readonly logger = new Logger('Idempotency');

  constructor(
    private readonly store: IdempotencyStore,
    private readonly vault: Vault,
    private readonly instance: Instance,
    private readonly insistence: Insistence,
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict: the key is in flight, was used for another body, or its answer cannot be given again */
  async claim({ principal, method, path, key, bodyHash }: ClaimRequest): Promise<Claim> {
    const now = this.clock.now();
    const row: ClaimRow = {
      id: keyIdOf(principal, method, path, key),
      teamId: principal.scope.teamId,
      bodyHash,
      claim: uuidv7Bytes(now),
      owner: this.instance.id,
      expiresAt: now + KEPT_MS,
    };
    for (let look = 1; look <= MAX_LOOKS; look += 1) {
      if (await this.store.insert(row)) return this.run(row);
      const found = await this.store.find(row.id);
      if (!found) continue;
      if (await this.isVoid(found)) {
        if (await this.store.replace(found.claim, row)) return this.run(row);
        continue;
      }
      const answer = await this.answerOf(found, row);
      if (answer) return { kind: 'replay', answer };
    }
    throw keyInFlight();
  }

  /** Whether a claim counts no more: its day is over, or the process that ran its call is dead. */
  private async isVoid({ state, owner, expiresAt }: FoundClaim): Promise<boolean> {
    if (expiresAt < this.clock.now()) return true;
    return state === RUNNING && (await this.instance.isDead(owner));
  }

  /** The stored answer; null when the claim went away meanwhile. */
  private async answerOf(
    found: FoundClaim,
    { id, teamId, bodyHash }: ClaimRow,
  ): Promise<StoredAnswer | null> {
    if (!found.bodyHash.equals(bodyHash)) throw keyReused();
    if (found.state === RUNNING) throw keyInFlight();
    if (found.state === ANSWERED_UNSTORED) throw answerNotStored();
    const sealed = await this.store.readAnswer(id, found.claim);
    if (sealed === null) return null;
    try {
      return unpackAnswer(this.vault.decryptBytes(sealed, bindingOf(id, teamId)));
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      this.logger.error({ message: 'A stored answer cannot be decrypted.', err: error });
      throw answerUnreadable();
    }
  }

  private run({ id, teamId, claim }: ClaimRow): RunningClaim {
    return {
      kind: 'run',
      keep: (answer) => this.keep(id, teamId, claim, answer),
      release: () => this.insistence.on(() => this.store.remove(id, claim)),
    };
  }

  private async keep(id: Buffer, teamId: string, claim: Buffer, answer: StoredAnswer | null): Promise<void> {
    const expiresAt = this.clock.now() + KEPT_MS;
    if (answer !== null && answer.body.length <= MAX_ANSWER_BYTES) {
      try {
        const sealed = this.vault.encryptBytes(packAnswer(answer), bindingOf(id, teamId));
        await this.store.finish(id, claim, sealed, expiresAt);
        return;
      } catch (error) {
        this.logger.error({
          message:
            'An answer was not stored under its Idempotency-Key; a retry is refused, not charged again.',
          err: error,
        });
      }
    }
    await this.insistence.on(() => this.store.finish(id, claim, null, expiresAt));
  }
}

function bindingOf(id: Buffer, teamId: string): Binding {
  return { table: 'idempotency_keys', teamId, rowId: id.toString('hex') };
}
