import { type StudioClient } from '../../support/demo/studio-client';

/** Wide enough for any run, in dollars. */
const AMOUNT = '1000000';

interface Status {
  readonly spent: string;
  readonly reserved: string;
}

/** A chain of hard budgets that every native call is held against: the team, the key, the model. */
export class BudgetChain {
  private constructor(
    private readonly studio: StudioClient,
    private readonly ids: readonly string[],
  ) {}

  static async make(studio: StudioClient, apiKeyId: string, model: string): Promise<BudgetChain> {
    const scopes = [{ kind: 'team' }, { kind: 'apiKey', id: apiKeyId }, { kind: 'model', id: model }];
    const ids: string[] = [];
    for (const scope of scopes) {
      const { id } = await studio.post<{ id: string }>('/api/v1/budgets', {
        name: `bench ${scope.kind}`,
        scope,
        limit: { amount: AMOUNT },
        window: 'month',
        enforcement: 'hard',
      });
      ids.push(id);
    }
    return new BudgetChain(studio, ids);
  }

  /** @throws Error unless each budget has spent exactly this, in pico-dollars, and holds nothing back */
  async verify(cost: bigint): Promise<void> {
    for (const id of this.ids) {
      const { spent, reserved } = await this.studio.get<Status>(`/api/v1/budgets/${id}/status`);
      if (toPico(spent) === cost && toPico(reserved) === 0n) continue;
      throw new Error(
        `The calls cost ${cost} pico-dollars, but a budget says ${spent}, and ${reserved} reserved.`,
      );
    }
  }
}

const toPico = (dollars: string): bigint => BigInt(dollars.replace('.', ''));
