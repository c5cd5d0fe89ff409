import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  isWholeQuantity,
  parseQuantity,
  quantityToMilli,
  quantityToNumber,
  subtractQuantities,
} from '../../src/engine/apimachinery/quantity.ts';

test.each([
  ['0', '0'],
  ['0.0', '0'],
  ['-0m', '0'],
  ['1000m', '1'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['100000000', '100M'],
  ['1.5', '1500m'],
  ['1e3', '1e3'],
  ['1e4', '10e3'],
  ['0.1', '100m'],
  ['.5', '500m'],
  ['+5', '+5'],
  ['007', '007'],
  ['100', '100'],
  ['2500Mi', '2500Mi'],
  ['512', '512'],
  ['1024', '1024'],
  ['1023Ki', '1023Ki'],
  ['0.5Ki', '512'],
  ['0.1Mi', '104857600m'],
  ['1500u', '1500u'],
  ['1.500', '1.500'],
  ['0.0000000001', '1n'],
  ['8Ei', '9223372036854775807'],
  ['1000E', '1e21'],
  ['-1', '-1'],
  ['1e-3', '1e-3'],
])('F9 %s is kept as %s', (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical);
});

const WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

test.each([
  ['', WRONG_FORMAT],
  ['abc', WRONG_FORMAT],
  ['100Mb', WRONG_FORMAT],
  ['1 ', WRONG_FORMAT],
  ['1.2.3', WRONG_FORMAT],
  ['5mi', "unable to parse quantity's suffix"],
  ['1e999', "unable to parse quantity's suffix"],
  ['9'.repeat(500), 'unable to parse numeric part of quantity'],
])('P4 refuses %j', (text, error) => {
  expect(parseQuantity(text)).toEqual({ ok: false, error });
});

test.each([
  ['100m', 100, 1],
  ['1', 1000, 1],
  ['1.0001', 1001, 2],
  ['64Mi', 67108864000, 67108864],
  ['2500m', 2500, 3],
  ['1Ti', 1099511627776000, 1099511627776],
  ['-1500m', -1500, -2],
])('F9 %s is %d thousandths and %d units, rounded away from zero', (text, milli, units) => {
  expect([quantityToMilli(text), quantityToNumber(text)]).toEqual([milli, units]);
});

test('F9 arithmetic is exact and keeps the family of the left side', () => {
  expect(addQuantities('100m', '900m')).toBe('1');
  expect(addQuantities('0', '512Mi')).toBe('512Mi');
  expect(subtractQuantities('1Gi', '1Mi')).toBe('1023Mi');
  expect(compareQuantities('1000m', '1')).toBe(0);
  expect(compareQuantities('1Gi', '1G')).toBe(1);
  expect([isWholeQuantity('1500m'), isWholeQuantity('2k')]).toEqual([false, true]);
});

test('F9 the canonical text is a fixed point with the same value', () => {
  const suffixes = ['', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e2', 'E-3'];
  fc.assert(
    fc.property(fc.nat(), fc.nat(999), fc.constantFrom(...suffixes), (whole, part, suffix) => {
      const text = `${whole}.${part}${suffix}`;
      const canonical = canonicalQuantity(text) as string;
      expect(compareQuantities(canonical, text)).toBe(0);
      expect(compareQuantities(canonicalQuantity(canonical) as string, text)).toBe(0);
    }),
  );
});
