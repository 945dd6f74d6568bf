import { type Metered, type UsageQuality } from '../providers/contract/usage';
import { VendorError } from '../providers/contract/vendor-error';
import { type SentRequest } from './abandoned-usage';
import { type Delivered, endOfFailure } from './attempt-end';

const SENT: SentRequest = { model: 'm', estimateInput: () => 14, outputLimit: null };
const TIMES = { latencyMs: 1, firstTokenMs: null, overheadUs: 1 };
const DELIVERED: Delivered = { sent: true, anything: true, characters: 3300 };

function reported(quality: UsageQuality): Metered {
  const vector = { input_text: 100, output_text: 5 };
  const lines = [{ model: 'm', vector, promptTotal: 100 }];
  return { vector, lines, promptTotal: 100, served: { tier: 'standard', region: null }, quality, flags: [] };
}

function meteredOf(metered: Metered | null, delivered: Partial<Delivered> = {}): Metered | null {
  const error = new VendorError('bad_response', 'broken', { metered });
  const context = { clientLeft: false, endsCall: true, requestId: 'r' };
  return endOfFailure(error, SENT, { ...DELIVERED, ...delivered }, TIMES, context).metered;
}

describe('The usage of a failed attempt', () => {
  it.each<UsageQuality>(['exact', 'estimated'])('is what was reported to the end (%s)', (quality) => {
    expect(meteredOf(reported(quality))).toEqual(reported(quality));
    expect(meteredOf(reported(quality), { anything: false, characters: 0 })).toEqual(reported(quality));
  });

  it('is estimated beyond a lower bound, and from nothing reported', () => {
    expect(meteredOf(reported('lower_bound'))).toMatchObject({
      vector: { input_text: 100, output_text: 1000 },
      quality: 'estimated',
      flags: ['bad_response', 'usage_estimated'],
    });
    expect(meteredOf(null)).toMatchObject({ vector: { input_text: 14, output_text: 1000 } });
  });

  it('is unknown when nothing was reported and nothing came, and none when nothing was sent', () => {
    expect(meteredOf(null, { anything: false, characters: 0 })).toBeNull();
    expect(meteredOf(reported('exact'), { sent: false })?.flags).toEqual(['not_billed']);
  });
});
