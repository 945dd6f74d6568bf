import { type Settlement } from './event';
import { type Spending } from './spending-books';

/** What a settlement is worth to budgets; an unknown cost is worth nothing until it is known. */
export function spendingOf({ event, cost, tokens }: Settlement): Spending {
  return {
    dimensions: event.dimensions,
    tags: event.tags,
    at: event.occurredAt,
    cost: cost ?? 0n,
    tokens: (tokens?.input ?? 0) + (tokens?.output ?? 0),
  };
}
