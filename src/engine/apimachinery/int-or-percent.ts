// Numbers that may be given as a share of another number: `3` or `25%`.
// Upstream: apimachinery/pkg/util/intstr/intstr.go, pkg/apis/apps/validation/validation.go (v1.33). Rules: C202, C216, P7.

import { type FieldError, goText, invalid } from './field-errors.ts';

export type IntOrPercent = number | string;

const PERCENT = /^\d+%$/;
const PERCENT_TEXT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** The number itself, or the share of `total`; what is neither counts 0. */
export function scaledValue(value: IntOrPercent, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  if (!PERCENT.test(value)) return 0;
  const share = (Number.parseInt(value, 10) * total) / 100;
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share);
}

/** The number in front of a percent sign, or the number. */
export function leadingNumber(value: IntOrPercent): number {
  return typeof value === 'number' ? value : Number.parseInt(value, 10) || 0;
}

/** A number that is not negative, or a percentage. */
export function validateIntOrPercent(value: IntOrPercent, field: string): FieldError[] {
  if (typeof value === 'number') return value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
  return PERCENT.test(value) ? [] : [invalid(field, goIntOrPercent(value), PERCENT_TEXT)];
}

/** A percentage up to 100. */
export function validateShareOfAll(value: IntOrPercent, field: string): FieldError[] {
  const isTooMuch = typeof value === 'string' && PERCENT.test(value) && Number.parseInt(value, 10) > 100;
  return isTooMuch ? [invalid(field, goIntOrPercent(value), 'must not be greater than 100%')] : [];
}

/** The value in Go syntax (E4). */
export function goIntOrPercent(value: IntOrPercent): ReturnType<typeof goText> {
  return goText(
    typeof value === 'number'
      ? `intstr.IntOrString{Type:0, IntVal:${value}, StrVal:""}`
      : `intstr.IntOrString{Type:1, IntVal:0, StrVal:${JSON.stringify(value)}}`,
  );
}
