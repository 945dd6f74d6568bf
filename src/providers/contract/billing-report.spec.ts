import { readReportedAmount } from './billing-report';

describe('amounts of vendors’ reports', () => {
  it.each([
    ['0.06', 0, 60_000_000_000n],
    ['1e-7', 0, 100_000n],
    ['2.5E+2', 0, 250_000_000_000_000n],
    ['-12.5', 0, -12_500_000_000_000n],
    ['0.0000000000005', 0, 0n],
    ['0.0000000000015', 0, 2n],
    ['12345678.123456789012', 0, 12_345_678_123_456_789_012n],
    ['123.45', 2, 1_234_500_000_000n],
    ['.5', 0, 500_000_000_000n],
    ['', 0, null],
    ['-', 0, null],
    ['1,5', 0, null],
    ['NaN', 0, null],
    ['1e999', 0, null],
    ['0x10', 0, null],
  ])('reads %j (unit %d)', (text, unit, amount) => {
    expect(readReportedAmount(text, unit)).toBe(amount);
  });
});
