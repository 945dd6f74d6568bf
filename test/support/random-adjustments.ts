import { Database } from '../../src/database/database';
import { type CostAdjustment } from '../../src/usage/adjustments/adjustment';
import { AdjustmentsWriter } from '../../src/usage/adjustments/adjustments.writer';
import { grainMs } from '../../src/usage/rollup/bucket';
import { type Dice, type MadeUsage } from './random-usage';
import { type Studio } from './studio';

/** A correction as it was made, with its event's groups and tags as reports show them. */
export interface MadeAdjustment extends Pick<MadeUsage, 'teamId' | 'groups' | 'tags'> {
  readonly adjustment: CostAdjustment;
}

/** Corrections of some of the usage, several of some events: at the event's time, or booked later as for closed months. */
export async function recordAdjustments(
  studio: Studio,
  dice: Dice,
  usages: readonly MadeUsage[],
  quarters: readonly number[],
): Promise<MadeAdjustment[]> {
  const made = usages.flatMap((usage) => (dice.roll(3) === 0 ? adjust(dice, usage, quarters) : []));
  const [database, writer] = [studio.app.get(Database), studio.app.get(AdjustmentsWriter)];
  await database.transaction((runner) =>
    writer.write(
      runner,
      made.map(({ adjustment }) => adjustment),
    ),
  );
  return made;
}

function adjust(dice: Dice, usage: MadeUsage, quarters: readonly number[]): MadeAdjustment[] {
  const { event, costStatus, endsCall } = usage.settlement;
  return Array.from({ length: 1 + dice.roll(3) }, (_, index) => {
    const late = dice.roll(3) === 0;
    const bookedAt = late ? dice.pick(quarters) + dice.roll(grainMs(15)) : event.occurredAt;
    const becomesPriced = index === 0 && costStatus === 'unpriced' && endsCall && !late;
    const sign = dice.roll(2) === 0 ? 1n : -1n;
    const adjustment: CostAdjustment = {
      bookedAt,
      eventOccurredAt: event.occurredAt,
      eventId: event.id,
      revision: index + 1,
      kind: 'reprice',
      recordedAt: event.occurredAt + 1_000_000,
      dimensions: event.dimensions,
      amount: sign * BigInt(dice.roll(1_000_000_000)) * (dice.roll(10) === 0 ? 8_999_999_999n : 1n),
      listAmount: BigInt(dice.roll(1_000_000_000)),
      unpricedDelta: becomesPriced ? -1 : 0,
      price: 0,
      runId: null,
      costLines: null,
    };
    const { teamId, groups, tags } = usage;
    return { teamId, groups, tags, adjustment };
  });
}
