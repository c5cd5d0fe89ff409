// A behaviour as answers have it: in the one form that the document describes, however short it was given.

import { isJsonObject, type Json, type JsonObject } from '../../engine/apimachinery/meta.ts';
import { formatDuration } from '../../engine/apimachinery/time.ts';

const asGiven = (item: Json): Json => item;

/** Members that are lists, of which a single item is taken as well, and what a short item means. */
const LISTS: Readonly<Record<string, (item: Json) => Json>> = {
  run: (item) => (isJsonObject(item) ? item : { for: item }),
  http: asGiven,
  tcp: asGiven,
  grpc: asGiven,
  exec: (item) => (isJsonObject(item) && Array.isArray(item['command']) ? { ...item, command: item['command'].join(' ') } : item),
  memory: usage,
  cpu: usage,
  logs: (item) => (isJsonObject(item) ? item : { text: item }),
  ports: asGiven,
};

const DURATIONS: ReadonlySet<string> = new Set(['startup', 'for', 'latency', 'from', 'until', 'after', 'at', 'every', 'duration']);

/** Writes a behaviour that `parseBehavior` took; it means the same. */
export function writtenBehavior(behavior: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(behavior).map(([name, value]) => [name, writtenMember(name, value as Json)]));
}

function writtenMember(name: string, value: Json): Json {
  const item = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
  if (item !== undefined) return (Array.isArray(value) ? value : [value]).map((given) => withDurations(item(given as Json)));
  if (name === 'sigterm' && value === 'ignored') return 'ignore';
  if (name === 'user') return String(value);
  if (name === 'sigterm' || name === 'pull') return withDurations(value);
  return writtenDuration(name, value);
}

function withDurations(item: Json): Json {
  if (!isJsonObject(item)) return item;
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, writtenDuration(name, value as Json)]));
}

/** A number is seconds. */
function writtenDuration(name: string, value: Json): Json {
  return DURATIONS.has(name) && typeof value === 'number' ? formatDuration(Math.round(value * 1000)) : value;
}

function usage(item: Json): Json {
  return isJsonObject(item) ? { ...item, value: String(item['value']) } : { value: String(item) };
}
