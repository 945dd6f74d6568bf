import { Injectable } from '@nestjs/common';
import { type Principal } from '../auth/principal';
import { type TeamScope } from '../common/tenancy/team-scope';
import { validateInput } from '../common/validation/validate-input';
import { type EventDetailView, type EventPage, type EventsQuery } from './dto/event.dto';
import { type StatsQuery, type StatsView } from './dto/stats.dto';
import { TrackBatchInput, type TrackResultView } from './dto/track.dto';
import { EventsReader } from './ledger/events.reader';
import { TrackingService } from './ledger/tracking.service';
import { StatsService } from './stats/stats.service';

/** Usage as its clients see it: report it, read it, sum it up. */
@Injectable()
export class UsageService {
  constructor(
    private readonly tracking: TrackingService,
    private readonly events: EventsReader,
    private readonly stats: StatsService,
  ) {}

  /** One event, or `{ events: […] }`. A single one that is wrong is an error, not a rejected entry. */
  async track(principal: Principal, input: unknown): Promise<TrackResultView> {
    if (typeof input === 'object' && input !== null && 'events' in input) {
      return this.tracking.track(principal, validateInput(TrackBatchInput, input).events);
    }
    return this.tracking.trackOne(principal, input);
  }

  listEvents(scope: TeamScope, query: EventsQuery): Promise<EventPage> {
    return this.events.list(scope, query);
  }

  getEvent(scope: TeamScope, id: string): Promise<EventDetailView> {
    return this.events.get(scope, id);
  }

  getStats(scope: TeamScope, query: StatsQuery): Promise<StatsView> {
    return this.stats.getStats(scope, query);
  }
}
