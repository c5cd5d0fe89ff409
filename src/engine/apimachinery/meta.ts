// What every Kubernetes object has (meta/v1). Objects are immutable values; fields that are absent in JSON are absent here.
// Upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go (v1.33).

/** Data as it comes from JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

export type StringMap = Readonly<Record<string, string>>;

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid: string;
  /** The engine's revision as a decimal string. */
  readonly resourceVersion: string;
  readonly generation?: number;
  /** RFC 3339, whole seconds (C006). */
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly Json[];
  readonly [field: string]: unknown;
}

/** An object as stored; members in the order kind, apiVersion, metadata, spec, status, others. */
export interface KubeObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** A condition of a status. Which of the optional members a kind uses is the kind's affair. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly lastProbeTime?: string | null;
  readonly lastHeartbeatTime?: string;
  readonly lastTransitionTime?: string | null;
  readonly lastUpdateTime?: string;
  readonly observedGeneration?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** The owner reference with `controller: true`. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** True once a deletion of the object was accepted. */
export function isDeleting(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** True for a plain JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A deep, independent copy of JSON data. */
export function cloneJson<T>(value: T): T {
  if (Array.isArray(value)) return value.map(cloneJson) as T;
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = cloneJson((value as Record<string, unknown>)[key]);
  return copy as T;
}

/** Characters of the value as compact JSON, escapes not counted; the walk ends at `max`, which is then the answer. */
export function jsonLengthWithin(value: unknown, max: number): number {
  if (max <= 0) return 0;
  if (typeof value === 'string') return Math.min(value.length + 2, max);
  if (typeof value !== 'object' || value === null) return Math.min(String(value).length, max);
  let length = 2;
  for (const key in value) {
    if (length >= max) return max;
    length += (Array.isArray(value) ? 0 : key.length + 3) + 1;
    length += jsonLengthWithin((value as Record<string, unknown>)[key], max - length);
  }
  return Math.min(length, max);
}

/** Compares JSON data; members that are `undefined` count as absent. */
export function isJsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => isJsonEqual(item, b[i]));
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key in left) if (!isJsonEqual(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}

/** The same value with the members of all objects in the order of their names. */
export function sortMembers<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sortMembers) as T;
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sortMembers(value[name])])) as T;
}
