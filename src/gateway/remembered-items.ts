import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { type TeamScope } from '../common/tenancy/team-scope';
import { type JsonBody } from './dialects/codec';

const KEPT_MS = 60 * 60_000;
const MOST_ITEMS_PER_TEAM = 2000;
const MOST_BYTES_PER_TEAM = 4 * 1024 * 1024;
const MOST_BYTES = 32 * 1024 * 1024;
/** About what an entry takes beside its text. */
const BYTES_OF_ENTRY = 200;

interface Entry {
  readonly text: string;
  readonly bytes: number;
  /** UTC milliseconds. */
  readonly until: number;
}

interface TeamItems {
  /** The oldest first. */
  readonly entries: Map<string, Entry>;
  bytes: number;
}

/**
 * Items of translated answers by their ids, for clients that send back the id in an item's place, or a call
 * without what its vendor wants back with it: an hour, in this process's memory alone, as far as the bounds of the
 * team and of the process go. The oldest go first. What went, a restart, or another instance costs the caller a refusal that says to send the item itself.
 */
@Injectable()
export class RememberedItems {
  /** The team whose last item is the oldest comes first. */
  private readonly teams = new Map<string, TeamItems>();
  private bytes = 0;

  constructor(private readonly clock: Clock) {}

  keep({ teamId }: TeamScope, id: string, item: JsonBody): void {
    const text = JSON.stringify(item);
    const bytes = 2 * (text.length + id.length) + BYTES_OF_ENTRY;
    if (bytes > MOST_BYTES_PER_TEAM) return;
    const now = this.clock.now();
    const team = this.teams.get(teamId) ?? { entries: new Map<string, Entry>(), bytes: 0 };
    this.drop(team, id);
    this.teams.delete(teamId);
    this.teams.set(teamId, team);
    team.entries.set(id, { text, bytes, until: now + KEPT_MS });
    team.bytes += bytes;
    this.bytes += bytes;
    this.dropOldest(team, () => team.entries.size > MOST_ITEMS_PER_TEAM || team.bytes > MOST_BYTES_PER_TEAM);
    for (const [stalest, items] of this.teams) {
      this.dropOldest(items, ({ until }) => until <= now || this.bytes > MOST_BYTES);
      if (items.entries.size > 0) break;
      this.teams.delete(stalest);
    }
  }

  /** Undefined for what is not kept, or not any more, or another team's. */
  find({ teamId }: TeamScope, id: string): JsonBody | undefined {
    const entry = this.teams.get(teamId)?.entries.get(id);
    if (!entry || entry.until <= this.clock.now()) return undefined;
    return JSON.parse(entry.text) as JsonBody;
  }

  private dropOldest(team: TeamItems, goes: (entry: Entry) => boolean): void {
    for (const [id, entry] of team.entries) {
      if (!goes(entry)) return;
      this.drop(team, id);
    }
  }

  private drop(team: TeamItems, id: string): void {
    const entry = team.entries.get(id);
    if (!entry) return;
    team.entries.delete(id);
    team.bytes -= entry.bytes;
    this.bytes -= entry.bytes;
  }
}
