import { IsBoolean, IsIn, IsString, Length } from 'class-validator';
import { IsMoment } from '../../common/validation/moment';
import { Optional } from '../../common/validation/optional';

export class RepriceQuery {
  /** `true`, the default: say what would change, and change nothing. */
  @Optional()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false';
}

export class RepriceInput {
  /** Events from this moment on, … */
  @IsMoment()
  from: string;

  /** … until this one, exclusive. */
  @IsMoment()
  to: string;

  @Optional()
  @IsString()
  @Length(1, 32)
  vendor?: string;

  /** The model that answered, its dated versions included; with `vendor`. */
  @Optional()
  @IsString()
  @Length(1, 100)
  vendorModel?: string;

  /** The events of every team, for the platform's administrator. Default: those of the key's team. */
  @Optional()
  @IsBoolean()
  allTeams?: boolean;

  /** The `nextCursor` of an answer that did not come to the end: goes on with the same run. */
  @Optional()
  @IsString()
  @Length(1, 200)
  cursor?: string;
}

export class RepricingSumsView {
  events: number;
  /** Those whose cost is another by the prices of now. */
  changedEvents: number;
  /** Those that the prices of now do not price: they stay as they are. */
  unpriceableEvents: number;
  /** What the events cost, corrections of before included. Decimal dollars. */
  before: string;
  after: string;
  difference: string;
  /** The same difference by the list prices. */
  listDifference: string;
  currency: 'USD';
}

export class RepricedTeamView {
  id: string;
  name: string;
  timezone: string;
}

export class RepricedGroupView extends RepricingSumsView {
  /** YYYY-MM, the month of the events in the team's time zone. */
  month: string;
  team: RepricedTeamView;
  vendor: string;
  vendorModel: string;
}

export class RepricingView {
  /** The corrections carry it. */
  runId: string;
  dryRun: boolean;
  from: string;
  to: string;
  data: RepricedGroupView[];
  totals: RepricingSumsView;
  /** Null when all events were looked at; otherwise send it as `cursor` for the rest: sums are of this answer's part. */
  nextCursor: string | null;
}
