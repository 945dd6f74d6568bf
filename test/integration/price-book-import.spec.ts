import { loadPriceBook } from '../../src/models/prices/price-book';
import { PriceRepository } from '../../src/models/prices/price.repository';
import { type PriceRow } from '../../src/providers/contract/price';
import { createTeam } from '../support/configure';
import { engines } from '../support/engines';
import { startStudio, type Studio } from '../support/studio';

describe.each(engines)('The shipped price book on $name', (engine) => {
  let studio: Studio;
  let repository: PriceRepository;
  const { rows } = loadPriceBook();
  const [first, ...others] = rows;
  if (!first) throw new Error('The book is empty.');
  /** As another version of the project ships it. */
  const dearer: PriceRow = { ...first, pricesPerMillion: { ...first.pricesPerMillion, input_text: '123' } };

  beforeAll(async () => {
    studio = await startStudio(engine);
    repository = studio.app.get(PriceRepository);
  });
  afterAll(() => studio.close());

  const inputPriceAt = async (recordedAt: number): Promise<(string | undefined)[]> => {
    const { vendor, vendorModel } = first;
    const found = await repository.page(
      'nobody',
      { vendor, vendorModels: [vendorModel], recordedAt },
      1000,
      null,
    );
    return found
      .filter(({ id }) => id.startsWith(`${first.id}#`))
      .map((row) => row.pricesPerMillion.input_text);
  };

  it('is imported once, however often the server starts', async () => {
    const version = await repository.currentVersion();
    expect(await repository.replaceShipped(rows, Date.now())).toEqual({ added: 0, superseded: 0 });
    expect(await repository.currentVersion()).toBe(version);
    const both = [repository.replaceShipped(rows, 1), repository.replaceShipped(rows, 1)];
    expect(await Promise.all(both)).toEqual(Array(2).fill({ added: 0, superseded: 0 }));
  });

  it('keeps what it said at each moment, also of a row that went and came again', async () => {
    const now = Date.now();
    const listed = first.pricesPerMillion.input_text;
    expect(await repository.replaceShipped([dearer, ...others], now + 1000)).toEqual({
      added: 1,
      superseded: 1,
    });
    expect(await repository.replaceShipped(rows, now + 2000)).toEqual({ added: 1, superseded: 1 });
    expect(await repository.replaceShipped([dearer, ...others], now + 3000)).toEqual({
      added: 1,
      superseded: 1,
    });
    expect(await repository.replaceShipped(rows, now + 4000)).toEqual({ added: 1, superseded: 1 });
    for (const [at, price] of [
      [now, listed],
      [now + 1000, '123'],
      [now + 1999, '123'],
      [now + 2000, listed],
      [now + 3500, '123'],
      [now + 4000, listed],
    ] as const) {
      expect([at - now, await inputPriceAt(at)]).toEqual([at - now, [price]]);
    }
    expect((await repository.readCurrent()).rows).toHaveLength(rows.length);
  });

  it("leaves the teams' own rows alone", async () => {
    const { id: team } = await createTeam(studio, 'own prices');
    const { body } = await studio.request<{ id: string }>(
      'POST',
      '/api/v1/prices',
      {
        vendor: first.vendor,
        vendorModel: first.vendorModel,
        validFrom: '2026-01-01',
        pricesPerMillion: { input_text: '1' },
        source: 'contract',
      },
      { team },
    );
    await repository.replaceShipped(others, Date.now());
    await repository.replaceShipped(rows, Date.now());
    expect((await repository.find(team, body.id))?.supersededAt).toBeNull();
  });
});
