import { hostname } from 'node:os';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Database } from '../database/database';

export const HEARTBEAT_MS = 10_000;
/** A process whose last heartbeat is older than this is dead. */
export const DEAD_AFTER_MS = 60_000;

/** This process among those that serve: a row with a heartbeat, by which others see that it lives. */
@Injectable()
export class Instance implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Instance');
  private timer: NodeJS.Timeout | undefined;
  private rowId = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The id that this process's pending events and leases carry. */
  get id(): number {
    return this.rowId;
  }

  async onModuleInit(): Promise<void> {
    const now = this.clock.now();
    const name = `${hostname()}:${process.pid}:${Math.random().toString(36).slice(2, 10)}`;
    await this.database.execute('INSERT INTO instances (name, started_at, heartbeat_at) VALUES (?, ?, ?)', [
      name,
      now,
      now,
    ]);
    const rows = await this.database.query<{ id: number | string }>(
      'SELECT id FROM instances WHERE name = ?',
      [name],
    );
    this.rowId = Number(rows[0]?.id);
    this.timer = setInterval(() => void this.beat(), HEARTBEAT_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Says that the process ended in order: everything it owned is settled. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.database.execute('UPDATE instances SET ended_at = ? WHERE id = ?', [
      this.clock.now(),
      this.rowId,
    ]);
  }

  /**
   * Whether the process of such an id ended, or has shown no sign of life for too long. An embedded database
   * has one process, so there every other is dead.
   */
  async isDead(id: number): Promise<boolean> {
    if (id === this.rowId) return false;
    if (this.database.dialect.engine === 'sqlite') return true;
    const rows = await this.database.query(
      'SELECT id FROM instances WHERE id = ? AND ended_at IS NULL AND heartbeat_at >= ?',
      [id, this.clock.now() - DEAD_AFTER_MS],
    );
    return rows.length === 0;
  }

  private async beat(): Promise<void> {
    try {
      await this.database.execute('UPDATE instances SET heartbeat_at = ? WHERE id = ?', [
        this.clock.now(),
        this.rowId,
      ]);
    } catch (error) {
      this.logger.warn({ message: 'The heartbeat could not be written; it is tried again.', err: error });
    }
  }
}
