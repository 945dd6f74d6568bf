import { Injectable } from '@nestjs/common';
import { Database, placeholders } from '../../database/database';
import { isDeadlock, isDuplicateKey } from '../../database/driver-errors';

/** As the column holds them; append only. */
export const RUNNING = 0;
export const ANSWERED = 1;
/** Answered and charged, the answer itself not stored. */
export const ANSWERED_UNSTORED = 2;

export type ClaimState = typeof RUNNING | typeof ANSWERED | typeof ANSWERED_UNSTORED;

/** One use of a key. `claim` tells it from an earlier or later use of the same. */
export interface ClaimRow {
  readonly id: Buffer;
  readonly teamId: string;
  readonly bodyHash: Buffer;
  readonly claim: Buffer;
  /** The instance that runs the call. */
  readonly owner: number;
  /** UTC milliseconds. */
  readonly expiresAt: number;
}

export interface FoundClaim extends Pick<ClaimRow, 'bodyHash' | 'claim' | 'owner' | 'expiresAt'> {
  readonly state: ClaimState;
}

interface Row {
  readonly body_hash: Buffer;
  readonly claim: Buffer;
  readonly owner: number | string;
  readonly state: number | string;
  readonly expires_at: number | string;
}

/** The table of claims. Every change is one statement that names the claim it changes, so that races have one winner. */
@Injectable()
export class IdempotencyStore {
  constructor(private readonly database: Database) {}

  /** Whether the row is now there by this insert; false when the key has one. */
  async insert({ id, teamId, bodyHash, claim, owner, expiresAt }: ClaimRow): Promise<boolean> {
    try {
      await this.database.execute(
        `INSERT INTO idempotency_keys (id, team_id, body_hash, claim, owner, state, expires_at) VALUES ${placeholders(7)}`,
        [id, teamId, bodyHash, claim, owner, RUNNING, expiresAt],
      );
      return true;
    } catch (error) {
      // Inserts that waited for a row's deletion can end each other; the caller looks again.
      if (isDuplicateKey(error) || isDeadlock(error)) return false;
      throw error;
    }
  }

  async find(id: Buffer): Promise<FoundClaim | null> {
    const [row] = await this.database.query<Row>(
      'SELECT body_hash, claim, owner, state, expires_at FROM idempotency_keys WHERE id = ?',
      [id],
    );
    if (!row) return null;
    return {
      bodyHash: row.body_hash,
      claim: row.claim,
      owner: Number(row.owner),
      state: Number(row.state) as ClaimState,
      expiresAt: Number(row.expires_at),
    };
  }

  /** The encrypted answer of a claim. */
  async readAnswer(id: Buffer, claim: Buffer): Promise<string | null> {
    const [row] = await this.database.query<{ answer: string | null }>(
      'SELECT answer FROM idempotency_keys WHERE id = ? AND claim = ?',
      [id, claim],
    );
    return row?.answer ?? null;
  }

  /** Puts a new claim in the place of one that is void. Whether it was this one that did. */
  async replace(before: Buffer, { id, bodyHash, claim, owner, expiresAt }: ClaimRow): Promise<boolean> {
    await this.database.execute(
      `UPDATE idempotency_keys SET body_hash = ?, claim = ?, owner = ?, state = ?, answer = NULL, expires_at = ?
       WHERE id = ? AND claim = ?`,
      [bodyHash, claim, owner, RUNNING, expiresAt, id, before],
    );
    return (await this.find(id))?.claim.equals(claim) ?? false;
  }

  /** Records that the call was answered, with its encrypted answer, or null for one that is not stored. */
  async finish(id: Buffer, claim: Buffer, answer: string | null, expiresAt: number): Promise<void> {
    await this.database.execute(
      'UPDATE idempotency_keys SET state = ?, answer = ?, expires_at = ? WHERE id = ? AND claim = ? AND state = ?',
      [answer === null ? ANSWERED_UNSTORED : ANSWERED, answer, expiresAt, id, claim, RUNNING],
    );
  }

  /** Frees the key of a call that was not answered. */
  async remove(id: Buffer, claim: Buffer): Promise<void> {
    await this.database.execute('DELETE FROM idempotency_keys WHERE id = ? AND claim = ? AND state = ?', [
      id,
      claim,
      RUNNING,
    ]);
  }

  /** Deletes at most so many rows that expired before the time (UTC milliseconds); returns how many it chose. */
  async removeExpired(before: number, limit: number): Promise<number> {
    const rows = await this.database.query<{ id: Buffer }>(
      `SELECT id FROM idempotency_keys WHERE expires_at < ? ORDER BY expires_at LIMIT ${limit}`,
      [before],
    );
    if (rows.length === 0) return 0;
    // A key that was claimed anew meanwhile has a new end.
    await this.database.execute(
      `DELETE FROM idempotency_keys WHERE id IN ${placeholders(rows.length)} AND expires_at < ?`,
      [...rows.map(({ id }) => id), before],
    );
    return rows.length;
  }
}
