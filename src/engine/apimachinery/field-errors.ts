// Validation errors with the field they are about, worded as upstream words them (E4).
// Upstream: apimachinery/pkg/util/validation/field/errors.go (v1.33).

export type FieldErrorReason =
  | 'FieldValueInvalid'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

/** One cause of an Invalid Status; `message` is the body after `<field>: `. */
export interface FieldError {
  readonly reason: FieldErrorReason;
  readonly field: string;
  readonly message: string;
}

/** A value as already-written text, for Go struct dumps that no JSON form equals. */
export interface GoText {
  readonly goText: string;
}

/** Wraps text so that `invalid` prints it as it is. */
export function goText(text: string): GoText {
  return { goText: text };
}

/** A list of strings in Go syntax, or of a type that is one (E4). */
export function goStrings(values: readonly string[], type = 'string'): GoText {
  return goText(`[]${type}{${values.map((value) => JSON.stringify(value)).join(', ')}}`);
}

export type BadValue = string | number | boolean | null | undefined | GoText;

function quoteValue(value: BadValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || value === undefined) return '""';
  return typeof value === 'object' ? value.goText : String(value);
}

export function invalid(field: string, value: BadValue, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${quoteValue(value)}: ${detail}` };
}

export function required(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', field, message: detail === '' ? 'Required value' : `Required value: ${detail}` };
}

export function duplicate(field: string, value: BadValue): FieldError {
  return { reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${quoteValue(value)}` };
}

/** `supported` in the order upstream prints it. */
export function notSupported(field: string, value: BadValue, supported: readonly string[]): FieldError {
  const list = supported.map((item) => JSON.stringify(item)).join(', ');
  return { reason: 'FieldValueNotSupported', field, message: `Unsupported value: ${quoteValue(value)}: supported values: ${list}` };
}

export function forbidden(field: string, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field, message: `Forbidden: ${detail}` };
}

export function notFoundValue(field: string, value: BadValue): FieldError {
  return { reason: 'FieldValueNotFound', field, message: `Not found: ${quoteValue(value)}` };
}

export function tooLong(field: string, bytesMax: number): FieldError {
  return { reason: 'FieldValueTooLong', field, message: `Too long: may not be more than ${bytesMax} bytes` };
}

export function tooMany(field: string, count: number, itemsMax: number): FieldError {
  return { reason: 'FieldValueTooMany', field, message: `Too many: ${count}: must have at most ${itemsMax} items` };
}

/** Several errors as one text; what is said twice is said once. */
export function aggregate(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
}
