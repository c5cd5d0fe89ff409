// The patterns of a definition's schemas are regular expressions in RE2's syntax.
// Upstream: apiextensions-apiserver/pkg/apiserver/schema/validation.go (validateValueValidation) (v1.33). Rule: P1.
// Deviation: the programs of all patterns of one definition have a largest size, because making them takes time.

import { type FieldError, forbidden, invalid } from '../../apimachinery/field-errors.ts';
import { compilePattern, PATTERNS_SIZE_MAX } from '../../apimachinery/pattern.ts';
import type { StructuralSchema } from '../shared/structural-schema.ts';

/** Patterns of one definition that were looked at, and the size of their programs. */
export interface SeenPatterns {
  readonly sources: Set<string>;
  size: number;
}

/** Errors of the patterns of a schema and of all schemas inside it. */
export function validatePatterns(schema: StructuralSchema, path: string, seen: SeenPatterns): FieldError[] {
  const { pattern, items, properties = {}, additionalProperties, not, allOf = [], anyOf = [], oneOf = [] } = schema;
  const inside = (inner: StructuralSchema, at: string): FieldError[] => validatePatterns(inner, `${path}.${at}`, seen);
  return [
    ...(pattern === undefined || pattern === '' ? [] : validatePattern(pattern, `${path}.pattern`, seen)),
    ...Object.entries(properties).flatMap(([name, inner]) => inside(inner, `properties[${name}]`)),
    ...(items === undefined ? [] : inside(items, 'items')),
    ...(typeof additionalProperties === 'object' ? inside(additionalProperties, 'additionalProperties') : []),
    ...anyOf.flatMap((inner, index) => inside(inner, `anyOf[${index}]`)),
    ...allOf.flatMap((inner, index) => inside(inner, `allOf[${index}]`)),
    ...oneOf.flatMap((inner, index) => inside(inner, `oneOf[${index}]`)),
    ...(not === undefined ? [] : inside(not, 'not')),
  ];
}

function validatePattern(pattern: string, path: string, seen: SeenPatterns): FieldError[] {
  if (seen.size > PATTERNS_SIZE_MAX) return [];
  const compiled = compilePattern(pattern);
  if (!compiled.ok) return [invalid(path, pattern, `must be a valid regular expression, but isn't: ${compiled.error}`)];
  if (!seen.sources.has(pattern)) seen.size += compiled.pattern.size;
  seen.sources.add(pattern);
  return seen.size > PATTERNS_SIZE_MAX ? [forbidden(path, `the patterns of all schemas together are too large`)] : [];
}
