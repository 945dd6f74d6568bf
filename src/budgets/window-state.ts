import { type Budget, type BudgetWindow } from './budget';

/** A budget that counts a call, with the window that the call's moment is in. */
export interface CountedBy {
  readonly budget: Budget;
  readonly window: BudgetWindow;
}

/** What a window holds, while a transaction has it locked. Pico-dollars or tokens, by the budget's unit. */
export interface WindowState {
  readonly budget: Budget;
  readonly window: BudgetWindow;
  spent: bigint;
  reserved: bigint;
}

export type WindowStates = ReadonlyMap<string, WindowState>;

export function keyOf({ budget, window }: CountedBy): string {
  return `${budget.number}:${window.start}`;
}

/** @throws Error when the window was not locked */
export function stateOf(states: WindowStates, counted: CountedBy): WindowState {
  const state = states.get(keyOf(counted));
  if (!state) throw new Error(`The window ${keyOf(counted)} is not locked.`);
  return state;
}
