// metadata.managedFields as a table of managers, and back (K3). A manager is who writes, how (Apply or Update), in which version and through which
// subresource; an applier is the same whatever the version.
// Upstream: apimachinery/pkg/util/managedfields/internal/{managedfields,capmanagers}.go (v1.33).

import { compareText } from '../text.ts';
import { isJsonObject, type Json } from '../meta.ts';
import { decodeSet, encodeSet, type FieldSet, isEmptySet, unionSets } from './field-set.ts';

/** Who writes. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty for the object itself. */
  readonly subresource: string;
}

export interface ManagedEntry extends Manager {
  /** RFC 3339; absent when an apply changed nothing. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Entries by identity of their manager. */
export type ManagedEntries = ReadonlyMap<string, ManagedEntry>;

/** What makes two writes the same manager's. */
export function managerId({ name, operation, apiVersion, subresource }: Manager): string {
  return JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

/** The entries of metadata.managedFields; undefined when one of them is not an entry. */
export function decodeEntries(managedFields: unknown): ManagedEntries | undefined {
  const entries = new Map<string, ManagedEntry>();
  if (!Array.isArray(managedFields)) return entries;
  for (const item of managedFields as readonly Json[]) {
    const entry = decodeEntry(item);
    if (entry === undefined) return undefined;
    entries.set(managerId(entry), entry);
  }
  return entries;
}

function decodeEntry(item: Json): ManagedEntry | undefined {
  if (!isJsonObject(item)) return undefined;
  const { manager = '', operation, apiVersion = '', time, fieldsType, fieldsV1 = {}, subresource = '' } = item;
  if (operation !== 'Apply' && operation !== 'Update') return undefined;
  if (fieldsType !== 'FieldsV1' || typeof manager !== 'string' || typeof apiVersion !== 'string' || typeof subresource !== 'string') {
    return undefined;
  }
  const fields = decodeSet(fieldsV1);
  if (fields === undefined) return undefined;
  return { name: manager, operation, apiVersion, subresource, time: typeof time === 'string' ? time : undefined, fields };
}

/** metadata.managedFields of entries: Apply before Update, then by time and manager; undefined when there is none. */
export function encodeEntries(entries: ManagedEntries): readonly Json[] | undefined {
  if (entries.size === 0) return undefined;
  return [...entries.values()].sort(compareEntries).map(encodeEntry);
}

function encodeEntry({ name, operation, apiVersion, subresource, time, fields }: ManagedEntry): Json {
  return {
    ...(name === '' ? {} : { manager: name }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeSet(fields),
    ...(subresource === '' ? {} : { subresource }),
  };
}

function compareEntries(a: ManagedEntry, b: ManagedEntry): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time ?? '', b.time ?? '') ||
    compareText(a.name, b.name) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

/** Whether two tables differ in more than times (F5). */
export function isSameOwnership(a: ManagedEntries, b: ManagedEntries): boolean {
  if (a.size !== b.size) return false;
  for (const [id, { apiVersion, fields }] of a) {
    const other = b.get(id);
    if (other === undefined || other.apiVersion !== apiVersion) return false;
    if (other.fields !== fields && JSON.stringify(encodeSet(other.fields)) !== JSON.stringify(encodeSet(fields))) return false;
  }
  return true;
}

/** Entries without those that own nothing. */
export function withoutEmpty(entries: Iterable<readonly [string, ManagedEntry]>): Map<string, ManagedEntry> {
  return new Map([...entries].filter(([, { fields }]) => !isEmptySet(fields)));
}

const UPDATERS_MAX = 10;
const OLD_UPDATERS = 'ancient-changes';

/** Merges the oldest updaters of a version into one bucket while there are more than ten. */
export function capUpdaters(entries: ManagedEntries): ManagedEntries {
  const updaters = [...entries.values()].filter(({ operation }) => operation === 'Update').sort(compareEntries);
  let excess = updaters.length - UPDATERS_MAX;
  if (excess <= 0) return entries;
  const capped = new Map(entries);
  const firstOfVersion = new Map<string, ManagedEntry>();
  for (const updater of updaters) {
    if (excess <= 0) break;
    const { apiVersion } = updater;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, updater);
      continue;
    }
    const identity = { name: OLD_UPDATERS, operation: 'Update' as const, apiVersion, subresource: '' };
    const id = managerId(identity);
    const bucket = capped.get(id) ?? first;
    if (!capped.has(id)) capped.delete(managerId(first));
    capped.delete(managerId(updater));
    capped.set(id, { ...identity, time: updater.time, fields: unionSets(updater.fields, bucket.fields) });
    excess -= 1;
  }
  return capped;
}
