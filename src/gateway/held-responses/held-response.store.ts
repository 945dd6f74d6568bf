import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { type TeamScope } from '../../common/tenancy/team-scope';
import { Database } from '../../database/database';

/** Where a response is that its vendor holds. */
export interface HeldResponse {
  readonly providerId: string;
  /** The model as the caller named it. */
  readonly model: string;
}

/** The vendor keeps responses for 30 days (OpenAI, "Conversation state", 2026-11); a few more do no harm. */
const KEPT_MS = 35 * 24 * 60 * 60 * 1000;
const MAX_ID = 200;

/** Which of a team's providers holds which response. */
@Injectable()
export class HeldResponseStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async keep({ teamId }: TeamScope, responseId: string, { providerId, model }: HeldResponse): Promise<void> {
    if (responseId.length > MAX_ID) return;
    await this.database.execute(
      `${this.database.dialect.insertIgnore} INTO held_responses (team_id, response_id, provider_id, model, created_at) VALUES (?, ?, ?, ?, ?)`,
      [teamId, responseId, providerId, model.slice(0, MAX_ID), this.clock.now()],
    );
  }

  async find({ teamId }: TeamScope, responseId: string): Promise<HeldResponse | undefined> {
    const rows = await this.database.query<{ provider_id: string; model: string }>(
      'SELECT provider_id, model FROM held_responses WHERE team_id = ? AND response_id = ?',
      [teamId, responseId],
    );
    return rows[0] && { providerId: rows[0].provider_id, model: rows[0].model };
  }

  async forget({ teamId }: TeamScope, responseId: string): Promise<void> {
    await this.database.execute('DELETE FROM held_responses WHERE team_id = ? AND response_id = ?', [
      teamId,
      responseId,
    ]);
  }

  /** Forgets what the vendors have forgotten, at most so many at a time; returns how many. */
  async forgetExpired(limit: number): Promise<number> {
    const rows = await this.database.query<{ team_id: string; response_id: string }>(
      'SELECT team_id, response_id FROM held_responses WHERE created_at < ? ORDER BY created_at LIMIT ?',
      [this.clock.now() - KEPT_MS, limit],
    );
    for (const row of rows) {
      await this.database.execute('DELETE FROM held_responses WHERE team_id = ? AND response_id = ?', [
        row.team_id,
        row.response_id,
      ]);
    }
    return rows.length;
  }
}
