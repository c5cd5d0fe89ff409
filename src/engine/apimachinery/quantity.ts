// Quantities: exact fixed-point numbers with a suffix (`250m`, `1.5Gi`, `1e3`), kept down to nano and printed in canonical form (F9).
// Upstream: apimachinery/pkg/api/resource/quantity.go, suffix.go, math.go (v1.33). Rules F9, P4, O1, K660.
// Omits: numbers of more than 400 digits and exponents beyond 64, which are refused.

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** An exact number in billionths, and the family of suffixes it is printed in. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: QuantityFormat;
  /** The text as given, when upstream takes it for canonical already. */
  readonly text?: string;
}

export type ParsedQuantity = { readonly ok: true; readonly value: Quantity } | { readonly ok: false; readonly error: string };

const WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_NUMBER = 'unable to parse numeric part of quantity';
const WRONG_SUFFIX = "unable to parse quantity's suffix";

const DIGITS_MAX = 400;
const EXPONENT_MAX = 64;
const NANO = 1_000_000_000n;

/** Every text matches; the last group holds what upstream's scanner stops at. */
const PARTS = /^([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)(.*)$/su;

const DECIMAL_SUFFIXES: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_SUFFIXES: Readonly<Record<string, number>> = {
  Ki: 10,
  Mi: 20,
  Gi: 30,
  Ti: 40,
  Pi: 50,
  Ei: 60,
};
const DECIMAL_BY_EXPONENT: ReadonlyMap<number, string> = new Map(
  Object.entries(DECIMAL_SUFFIXES).map(([suffix, exponent]) => [exponent, suffix]),
);
const BINARY_NAMES: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const BINARY_MAX_NANO = (2n ** 63n - 1n) * NANO;

/** Parses a quantity; the error is upstream's text. */
export function parseQuantity(text: string): ParsedQuantity {
  if (text === '') return { ok: false, error: WRONG_FORMAT };
  const parts = PARTS.exec(text);
  if (parts === null || parts[5] !== '') return { ok: false, error: WRONG_FORMAT };
  const [, sign, whole = '', fraction = '', suffixText = ''] = parts;
  const suffix = interpretSuffix(suffixText);
  if (suffix === undefined) return { ok: false, error: WRONG_SUFFIX };
  const digits = (whole === '' ? '0' : whole) + fraction;
  if (digits.length > DIGITS_MAX) return { ok: false, error: WRONG_NUMBER };
  const magnitude = scaleToNano(BigInt(digits), fraction.length, suffix);
  const nano = sign === '-' ? -magnitude : magnitude;
  if (isTakenAsCanonical(digits, fraction.length, suffix)) return { ok: true, value: { nano, format: suffix.format, text } };
  const isSmallBinary = suffix.format === 'BinarySI' && magnitude > 0n && magnitude < NANO;
  return {
    ok: true,
    value: { nano, format: isSmallBinary ? 'DecimalSI' : suffix.format },
  };
}

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function interpretSuffix(text: string): Suffix | undefined {
  const decimal = DECIMAL_SUFFIXES[text];
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = BINARY_SUFFIXES[text];
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' };
  const match = /^[eE]([+-]?\d{1,9})$/.exec(text);
  const exponent = match === null ? Number.NaN : Number(match[1]);
  // Deviation: upstream takes exponents up to 2^31, because a text of ten characters should not cost gigabytes.
  return Math.abs(exponent) <= EXPONENT_MAX ? { base: 10, exponent, format: 'DecimalExponent' } : undefined;
}

function scaleToNano(digits: bigint, fractionDigits: number, suffix: Suffix): bigint {
  if (suffix.base === 2) {
    const nano = divideUp(digits * 2n ** BigInt(suffix.exponent) * NANO, 10n ** BigInt(fractionDigits));
    return nano > BINARY_MAX_NANO ? BINARY_MAX_NANO : nano;
  }
  const shift = suffix.exponent - fractionDigits + 9;
  return shift >= 0 ? digits * 10n ** BigInt(shift) : divideUp(digits, 10n ** BigInt(-shift));
}

/** F9: what upstream's fast path keeps as written, `1.500` included. */
function isTakenAsCanonical(digits: string, fractionDigits: number, suffix: Suffix): boolean {
  if (suffix.base === 2) {
    const precision = 15 - digits.length - Math.trunc((suffix.exponent * 3) / 10) - 1;
    return fractionDigits === 0 && precision >= 0 && Number(digits) % 8 !== 0;
  }
  const scale = suffix.exponent - fractionDigits;
  return digits.length <= 18 && scale >= -9 && scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
}

/** The canonical text of a quantity (F9). */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  if (quantity.nano === 0n) return '0';
  return quantity.format === 'BinarySI' && hasBinaryForm(quantity.nano) ? formatBinary(quantity.nano) : formatDecimal(quantity);
}

/** Below 1024, or with a fraction, a binary quantity is printed as a decimal one. */
function hasBinaryForm(nano: bigint): boolean {
  return nano % NANO === 0n && (nano >= 1024n * NANO || nano <= -1024n * NANO);
}

function formatBinary(nano: bigint): string {
  let mantissa = nano / NANO;
  let power = 0;
  while (mantissa % 1024n === 0n && power < BINARY_NAMES.length - 1) {
    mantissa /= 1024n;
    power += 1;
  }
  return `${mantissa}${BINARY_NAMES[power]}`;
}

function formatDecimal(quantity: Quantity): string {
  let mantissa = quantity.nano;
  let exponent = -9;
  while (mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    exponent += 3;
  }
  const suffix = quantity.format === 'DecimalExponent' ? undefined : DECIMAL_BY_EXPONENT.get(exponent);
  return `${mantissa}${suffix ?? (exponent === 0 ? '' : `e${exponent}`)}`;
}

/** The canonical text of a quantity's text, or undefined when it is none. */
export function canonicalQuantity(text: string): string | undefined {
  if (/^[1-9][0-9]{0,2}(?:m|Mi|Gi)?$/.test(text)) return text;
  const parsed = parseQuantity(text);
  return parsed.ok ? formatQuantity(parsed.value) : undefined;
}

const SIMPLE = /^([0-9]{1,5})(m|k|M|G|Ki|Mi|Gi)?$/;
const SIMPLE_FACTORS: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** The value in thousandths, rounded away from zero; 0 for text that is no quantity. */
export function quantityToMilli(text: string | undefined): number {
  if (text === undefined) return 0;
  const simple = SIMPLE.exec(text);
  if (simple !== null) {
    const value = Number(simple[1]);
    return simple[2] === 'm' ? value : value * 1000 * (simple[2] === undefined ? 1 : (SIMPLE_FACTORS[simple[2]] as number));
  }
  return Number(roundAway(nanoOf(text), 1_000_000n));
}

/** The value in whole units, rounded away from zero; 0 for text that is no quantity. */
export function quantityToNumber(text: string | undefined): number {
  if (text === undefined) return 0;
  const simple = SIMPLE.exec(text);
  if (simple !== null) {
    const value = Number(simple[1]);
    return simple[2] === 'm' ? Math.ceil(value / 1000) : value * (simple[2] === undefined ? 1 : (SIMPLE_FACTORS[simple[2]] as number));
  }
  return Number(roundAway(nanoOf(text), NANO));
}

/** True when the value is a whole number of units. */
export function isWholeQuantity(text: string): boolean {
  return nanoOf(text) % NANO === 0n;
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareQuantities(a: string, b: string): number {
  if (a === b) return 0;
  const left = nanoOf(a);
  const right = nanoOf(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `a + b` in the family of `a`, or of `b` when `a` is zero. */
export function addQuantities(a: string, b: string): string {
  return combine(a, b, (left, right) => left + right);
}

/** `a - b` in the family of `a`, or of `b` when `a` is zero. */
export function subtractQuantities(a: string, b: string): string {
  return combine(a, b, (left, right) => left - right);
}

function combine(a: string, b: string, apply: (left: bigint, right: bigint) => bigint): string {
  const left = valueOf(a);
  const right = valueOf(b);
  return formatQuantity({
    nano: apply(left.nano, right.nano),
    format: left.nano === 0n ? right.format : left.format,
  });
}

function valueOf(text: string): Quantity {
  const parsed = parseQuantity(text);
  return parsed.ok ? parsed.value : { nano: 0n, format: 'DecimalSI' };
}

function nanoOf(text: string): bigint {
  return valueOf(text).nano;
}

function roundAway(value: bigint, unit: bigint): bigint {
  return value < 0n ? -divideUp(-value, unit) : divideUp(value, unit);
}

function divideUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}
