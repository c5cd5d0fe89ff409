// An object at rest, in one of three forms: by top-level member, each encoded once, after it was written, parsed after it was read, or as its
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

/** A top-level member (spec, status, data, ...). It is encoded when somebody asks, and then stays so. */
export interface EncodedMember {
  readonly name: string;
  readonly value: unknown;
  /** `"name":value` as compact JSON. */
  readonly json: string;
  /** What the digest takes. */
  readonly hash: Hash128;
}

class Member implements EncodedMember {
  readonly name: string;
  readonly value: unknown;
  private text: string | undefined;
  private words: Hash128 | undefined;

  constructor(name: string, value: unknown) {
    this.name = name;
    this.value = value;
  }

  get json(): string {
    this.text ??= `${JSON.stringify(this.name)}:${JSON.stringify(this.value)}`;
    return this.text;
  }

  get hash(): Hash128 {
    this.words ??= hash128(this.json);
    return this.words;
  }
}

/** The text of metadata around its revision, which most writes share. */
interface MetadataText {
  readonly head: string;
  readonly tail: string;
  readonly hash: Hash128;
}

/** Metadata with a revision. The hash leaves the revision out, which the digest has beside it, so that most writes hash and encode no metadata. */
class MetadataMember implements EncodedMember {
  readonly name = 'metadata';
  readonly value: KernelObject['metadata'];
  /** The value as the writer gave it. */
  readonly given: KernelObject['metadata'];
  /** Of who has the same but for the revision. */
  private readonly around: { text: MetadataText | undefined };

  constructor(given: KernelObject['metadata'], revision: string, previous: EncodedMember | undefined) {
    this.value = { ...given, resourceVersion: revision };
    this.given = given;
    const isSame = previous instanceof MetadataMember && (previous.value === given || previous.given === given);
    this.around = isSame ? previous.around : { text: undefined };
  }

  get json(): string {
    const { head, tail } = this.text;
    return head + this.value.resourceVersion + tail;
  }

  get hash(): Hash128 {
    return this.text.hash;
  }

  private get text(): MetadataText {
    this.around.text ??= metadataText(this.value);
    return this.around.text;
  }
}

/** What a write makes of an object. */
export interface Encoded {
  readonly stored: StoredObject;
  readonly members: readonly EncodedMember[];
}

/** An object in the store. */
export interface StoredObject {
  readonly object: KernelObject;
  /** The object as compact JSON. */
  readonly json: string;
  /** Index terms, see `listByTerm`; of an object that was read they are told when somebody asks. */
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

/** Tells the index terms of an object by its JSON, and by what was parsed of it, if it was. */
export type ReadTerms = (json: string, parsed: KernelObject | undefined) => readonly string[];

/** An object that is parsed when somebody asks for it, and then stays so. */
class UnreadObject implements StoredObject {
  readonly members = undefined;
  readonly json: string;
  private given: readonly string[] | ReadTerms;
  private parsed: KernelObject | undefined;

  constructor(json: string, terms: readonly string[] | ReadTerms) {
    this.json = json;
    this.given = terms;
  }

  get object(): KernelObject {
    this.parsed ??= JSON.parse(this.json) as KernelObject;
    return this.parsed;
  }

  get terms(): readonly string[] {
    if (typeof this.given === 'function') this.given = this.given(this.json, this.parsed);
    return this.given;
  }
}

/** The compact object that was parsed last. Who writes an object reads it, compares it and keeps it as the one before: all of them get one. */
let lastRead: { readonly from: CompactObject; readonly object: KernelObject } | undefined;

/** An object that stays JSON, however often it is read. */
class CompactObject implements StoredObject {
  readonly members = undefined;
  readonly json: string;
  private given: readonly string[] | ReadTerms;

  constructor(json: string, terms: readonly string[] | ReadTerms) {
    this.json = json;
    this.given = terms;
  }

  get terms(): readonly string[] {
    if (typeof this.given === 'function') this.given = this.given(this.json, lastRead?.from === this ? lastRead.object : undefined);
    return this.given;
  }

  get object(): KernelObject {
    if (lastRead?.from !== this) lastRead = { from: this, object: JSON.parse(this.json) as KernelObject };
    return lastRead.object;
  }
}

/** An object of which the JSON is known; `isCompact` says that it stays the only form. */
export function storedJson(json: string, terms: readonly string[] | ReadTerms, isCompact: boolean): StoredObject {
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
    if (name === 'metadata' && revision !== undefined) {
      const member = new MetadataMember(given.metadata, String(revision), candidate);
      (object as { metadata: unknown }).metadata = member.value;
      members.push(member);
    } else {
      members.push(candidate !== undefined && candidate.name === name && candidate.value === value ? candidate : new Member(name, value));
    }
  }
  return { stored: new WrittenObject(object, members, terms), members };
}

function joined(members: readonly EncodedMember[]): string {
  return `{${members.map(({ json }) => json).join(',')}}`;
}

/** A member of something that is no object in the store. */
export function encodeMember(name: string, value: unknown): EncodedMember {
  return new Member(name, value);
}

function metadataText(value: KernelObject['metadata']): MetadataText {
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
  return { head, tail, hash: hash128(head + tail) };
}
