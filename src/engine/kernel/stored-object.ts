// An object at rest, in one of three forms: with its encoding by top-level member after it was written, parsed after it was read, or as its
// JSON alone. Most objects of a large cluster are seldom looked at, so a restored one is parsed when somebody asks for it, and encoded member by member when
// it changes. The digest and the bytes of a change do not depend on the form.

import { type Hash128, hash128 } from './hash.ts';

/** What the kernel knows of an object: JSON data with a name and a revision. */
export interface KernelObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** A top-level member (spec, status, data, ...) as it was encoded. */
export interface EncodedMember {
  readonly name: string;
  readonly value: unknown;
  readonly json: string;
  readonly hash: Hash128;
  /** Of metadata: the value as the writer gave it, the encoding before the revision, and that after it. */
  readonly given?: unknown;
  readonly head?: string;
  readonly tail?: string;
}

/** What a write makes of an object. */
export interface Encoded {
  readonly stored: StoredObject;
  readonly members: readonly EncodedMember[];
  /** The object as compact JSON. */
  readonly json: string;
}

/** An object in the store. */
export interface StoredObject {
  readonly object: KernelObject;
  /** The object as compact JSON. */
  readonly json: string;
  /** Index terms, see `listByTerm`. */
  readonly terms: readonly string[];
  /** Its members as they were encoded, when it was written since the cluster was opened. */
  readonly members: readonly EncodedMember[] | undefined;
}

/** An object as it was written. Its JSON is joined again by whoever asks. */
class WrittenObject implements StoredObject {
  readonly object: KernelObject;
  readonly members: readonly EncodedMember[];
  readonly terms: readonly string[];

  constructor(object: KernelObject, members: readonly EncodedMember[], terms: readonly string[]) {
    this.object = object;
    this.members = members;
    this.terms = terms;
  }

  get json(): string {
    return joined(this.members);
  }
}

/** An object that is parsed when somebody asks for it, and then stays so. */
class UnreadObject implements StoredObject {
  readonly members = undefined;
  readonly json: string;
  readonly terms: readonly string[];
  private parsed: KernelObject | undefined;

  constructor(json: string, terms: readonly string[]) {
    this.json = json;
    this.terms = terms;
  }

  get object(): KernelObject {
    this.parsed ??= JSON.parse(this.json) as KernelObject;
    return this.parsed;
  }
}

/** An object that is parsed for everybody who asks. */
class CompactObject implements StoredObject {
  readonly members = undefined;
  readonly json: string;
  readonly terms: readonly string[];

  constructor(json: string, terms: readonly string[]) {
    this.json = json;
    this.terms = terms;
  }

  get object(): KernelObject {
    return JSON.parse(this.json) as KernelObject;
  }
}

/** An object of which the JSON is known; `isCompact` says that it stays the only form. */
export function storedJson(json: string, terms: readonly string[], isCompact: boolean): StoredObject {
  return isCompact ? new CompactObject(json, terms) : new UnreadObject(json, terms);
}

/** Encodes an object, reusing the members that are the same references as in `previous`. With a revision, the object gets it. */
export function encodeObject(
  given: KernelObject,
  previous: StoredObject | undefined,
  terms: readonly string[],
  revision?: number,
): Encoded {
  const object = revision === undefined ? given : { ...given };
  const known = previous?.members;
  const members: EncodedMember[] = [];
  let index = 0;
  for (const name in object) {
    const value = object[name];
    if (value === undefined) continue;
    const candidate = known?.[index];
    index += 1;
    let member: EncodedMember;
    if (name === 'metadata' && revision !== undefined) {
      member = encodeMetadata(given.metadata, candidate, String(revision));
      (object as { metadata: unknown }).metadata = member.value;
    } else {
      member = candidate !== undefined && candidate.name === name && candidate.value === value ? candidate : encodeMember(name, value);
    }
    members.push(member);
  }
  return { stored: new WrittenObject(object, members, terms), members, json: joined(members) };
}

function joined(members: readonly EncodedMember[]): string {
  return `{${members.map(({ json }) => json).join(',')}}`;
}

/** A member with its text, and the hash that the digest takes. */
export function encodeMember(name: string, value: unknown): EncodedMember {
  const json = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
  return { name, value, json, hash: hash128(json) };
}

/** Metadata with a revision. Its hash leaves the revision out, which the digest has beside it, so that most writes hash and encode no metadata. */
function encodeMetadata(given: KernelObject['metadata'], candidate: EncodedMember | undefined, revision: string): EncodedMember {
  const value: KernelObject['metadata'] = { ...given, resourceVersion: revision };
  if (candidate?.head !== undefined && candidate.tail !== undefined && (candidate.value === given || candidate.given === given)) {
    const { head, tail, hash } = candidate;
    return { name: 'metadata', value, json: head + revision + tail, hash, given, head, tail };
  }
  const before: string[] = [];
  const after: string[] = [];
  let parts = before;
  for (const field in value) {
    const item = value[field];
    if (field === 'resourceVersion') parts = after;
    else if (item !== undefined) parts.push(`${JSON.stringify(field)}:${JSON.stringify(item)}`);
  }
  const head = `"metadata":{${before.map((part) => `${part},`).join('')}"resourceVersion":"`;
  const tail = `"${after.map((part) => `,${part}`).join('')}}`;
  return { name: 'metadata', value, json: head + revision + tail, hash: hash128(head + tail), given, head, tail };
}
