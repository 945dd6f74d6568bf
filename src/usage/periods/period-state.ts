/** The states of a month, by their number in the table. One that was never closed has no row, and is open. */
export const PERIOD_STATES = ['open', 'closing', 'closed'] as const;
export type PeriodState = (typeof PERIOD_STATES)[number];

export const PERIOD_ACTS = ['close', 'reopen'] as const;
export type PeriodAct = (typeof PERIOD_ACTS)[number];
