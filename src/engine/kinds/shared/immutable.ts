// The error of a field that may not change. Upstream: apimachinery/pkg/api/validation/objectmeta.go ValidateImmutableField (v1.33). Rule: I9.

import { type FieldError, goText, invalid } from '../../apimachinery/field-errors.ts';

/** Says what the field was to become; lists and structs as JSON, where upstream prints them as Go has them. */
export function immutable(field: string, value: unknown): FieldError {
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return invalid(field, isPlain ? value : goText(value === undefined ? 'null' : JSON.stringify(value)), 'field is immutable');
}
