// Values of CEL from JSON. Upstream: github.com/google/cel-go/common/types/native.go as Kubernetes feeds it unstructured objects (v1.33).

import { isJsonObject, type Json } from '../meta.ts';
import type { CelValue } from './values.ts';

/** The value of JSON that no schema describes: what admission policies see. */
export function freeValueOf(json: Json): CelValue {
  if (json === null || typeof json === 'boolean' || typeof json === 'string') return json;
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json;
  if (Array.isArray(json)) return { kind: 'list', items: json.map(freeValueOf) };
  const members = isJsonObject(json) ? Object.entries(json) : [];
  return { kind: 'map', entries: new Map(members.map(([key, member]) => [`s${key}`, [key, freeValueOf(member)] as const])) };
}
