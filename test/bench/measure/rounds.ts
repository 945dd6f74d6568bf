/** The figures of one name, a value per round; null where a round has none. */
type Values = readonly (number | null)[];

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function medianIfKnown(values: Values): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === values.length && known.length > 0 ? median(known) : null;
}

/** What one server was measured at, round by round. */
export class Rounds<W> {
  constructor(
    readonly name: string,
    readonly windows: W[] = [],
  ) {}

  /** The median of the rounds; null where a round has no such figure. */
  median(figure: (window: W) => number | null): number | null {
    return medianIfKnown(this.windows.map(figure));
  }

  /** The median of the rounds' ratios: both sides of each were measured within the same minute. */
  ratio(other: Rounds<W>, figure: (window: W) => number | null): number | null {
    return this.pair(other, figure, (own, others) => (others === 0 ? null : own / others));
  }

  /** The median of the rounds' differences. */
  difference(other: Rounds<W>, figure: (window: W) => number | null): number | null {
    return this.pair(other, figure, (own, others) => own - others);
  }

  private pair(
    other: Rounds<W>,
    figure: (window: W) => number | null,
    join: (own: number, others: number) => number | null,
  ): number | null {
    const joined = this.windows.map((window, round) => {
      const counterpart = other.windows[round];
      const own = figure(window);
      const others = counterpart === undefined ? null : figure(counterpart);
      return own === null || others === null ? null : join(own, others);
    });
    return medianIfKnown(joined);
  }
}

/** Measures each in its turn, round by round, so that slow drifts hit all alike; in the order of the subjects. */
export async function measureInTurns<S extends { readonly name: string }, W>(
  rounds: number,
  subjects: readonly S[],
  measure: (subject: S) => Promise<W>,
): Promise<Rounds<W>[]> {
  const measured = subjects.map((subject) => ({ subject, own: new Rounds<W>(subject.name) }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { subject, own } of measured) own.windows.push(await measure(subject));
    console.log(`Round ${round} of ${rounds} is done.`);
  }
  return measured.map(({ own }) => own);
}
