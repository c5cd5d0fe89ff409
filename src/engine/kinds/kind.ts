// The contract of a kind. Discovery, routes, tables, watches, namespace deletion and garbage collection are derived from the registry of
// these values (kinds/index.ts); field knowledge (types, required, merge keys) comes from the data table in kinds/fields.
// Hook order is upstream's: decode, default, generate name, prepare, validate, warnings, canonicalise, store.
// Upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/create.go, update.go, delete.go (v1.33). Rules: F6, W14.

import type { FieldError } from '../apimachinery/field-errors.ts';
import type { TypeTable } from '../apimachinery/managed-fields/index.ts';
import type { KubeObject, ObjectMeta } from '../apimachinery/meta.ts';
import type { Result } from '../apimachinery/status.ts';
import type { StructuralSchema } from './shared/structural-schema.ts';
import type { WebhookClient } from './shared/webhook-client.ts';

/** The same shape, writable: what hooks may mutate before an object is stored. Always a private copy. */
export type Draft<T> = T extends readonly (infer Item)[] ? Draft<Item>[] : T extends object ? { -readonly [K in keyof T]: Draft<T[K]> } : T;

/** What a component says of an object that it makes: the server names it, counts it and dates it, and its status may be empty. */
export type NewObject<T extends KubeObject> = {
  readonly [K in keyof T as K extends 'status' ? never : K]: K extends 'metadata' ? Partial<ObjectMeta> : T[K];
} & { readonly status?: Partial<T['status']> };

/** A column of the server-side table (N1). */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly format: '' | 'name';
  readonly description: string;
  readonly priority: 0 | 1;
}

export type Cell = string | number | boolean | null;

/** What a hook may know beside the object. */
export interface HookContext {
  /** Virtual milliseconds since 1970. */
  readonly nowMs: number;
  /** Draws from the random stream of this purpose: an integer in [0, bound). */
  readonly drawBelow: (purpose: string, bound: number) => number;
}

/** Who makes an object. */
export interface Requester {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface ScaleAccess<T extends KubeObject> {
  replicas(object: T): number;
  statusReplicas(object: T): number;
  /** Canonical selector string (N12). */
  selector(object: T): string;
  /** The object with another spec.replicas. */
  withReplicas(object: T, replicas: number): T;
}

/** How a version that is served is made from the one that is stored, and back. */
export interface Conversion {
  /** The resource id of the stored version, when its group is another. */
  readonly resource?: string;
  fromStored(object: KubeObject): KubeObject;
  toStored(object: KubeObject): KubeObject;
  /** What a write in this version is judged by beyond the stored one; both are in the stored form. */
  validate?(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[];
}

export type NameFormat = 'subdomain' | 'label' | 'dns1035' | 'path-segment' | 'ip';

/** One kind of object. Every method is pure; `Draft` parameters may be mutated, everything else is read-only. */
export interface Kind<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Root type in the field table, for instance `v1.Pod`. */
  readonly schema: string;
  /** Of a kind that is another version of one in the registry. */
  readonly conversion?: Conversion;
  /** What a custom resource has in place of a type in the field table. */
  readonly structure?: Structure;
  /** Of the kind of one request whose objects a webhook converts (O15). */
  readonly exchange?: Exchange;
  readonly nameFormat: NameFormat;
  /** When metadata.generation exists and rises (F6). */
  readonly generation: 'none' | 'spec' | 'spec-and-annotations' | 'content' | 'all-but-status';
  /** Whether `/status` exists: then main writes ignore status and status writes ignore spec (I6). */
  readonly hasStatus: boolean;
  readonly scale?: ScaleAccess<T>;
  /** Other subresources, for discovery: name → verbs and, when it lives elsewhere, its kind. */
  readonly subresources?: Readonly<Record<string, SubresourceInfo>>;
  /** All objects that there ever are, of a kind of which nothing is stored. */
  readonly virtualObjects?: readonly T[];
  /** The version in which upstream stores its objects, where that is not its own; clients see no more of it than a hash (B4). */
  readonly storageVersion?: string;
  /** Verbs that this kind lacks (namespaces have no deletecollection, B5). */
  readonly withoutVerbs?: readonly string[];
  /** PUT creates when absent (I4). */
  readonly allowsCreateOnUpdate?: boolean;
  /** PUT without resourceVersion is refused (I5). */
  readonly requiresVersionOnUpdate?: boolean;
  /** DELETE answers the object instead of a Status (L3). */
  readonly returnsDeletedObject?: boolean;
  /** Why the object of a name may not be deleted, or undefined. */
  protection?(name: string): string | undefined;
  readonly defaultPropagation?: 'Background' | 'Orphan';
  /** Warning of every request for the kind (C528). */
  readonly deprecation?: string;
  /** Warning of a DELETE that leaves the propagation to the default (C329). */
  readonly defaultPropagationWarning?: string;

  /** Fills what a client may omit (module O). */
  applyDefaults(draft: Draft<T>): void;
  /** Server-owned fields of a new object: status reset, generated parts. Its name and its uid are known already. */
  prepareForCreate?(draft: Draft<T>, context: HookContext): void;
  /** What a new object says of who made it. */
  claim?(draft: Draft<T>, requester: Requester): void;
  /** Keeps what an update may not touch. `subresource` is empty for the main resource. */
  prepareForUpdate?(draft: Draft<T>, previous: T, subresource: string, context: HookContext): void;
  /** The object as it is stored when its deletion begins; `now` is the time. */
  prepareForDelete?(object: T, now: string): T;
  /**
   * Errors of the object, metadata excluded (that is generic), in upstream's order. Of a custom resource whose parts are as they were before,
   * what is wrong in them is let pass; `previous` is undefined for a new object.
   */
  validate(object: T, previous?: T): readonly FieldError[];
  /** Additional errors of a change. */
  validateUpdate?(object: T, previous: T, subresource: string): readonly FieldError[];
  /**
   * Takes what no other object of the kind may have: addresses, ports. Called with a validated object that is not stored yet; `isTaken` asks
   * for an index term of any other object.
   */
  allocate?(draft: Draft<T>, previous: T | undefined, isTaken: (term: string) => boolean): readonly FieldError[];
  /** Texts of Warning headers. */
  warnings?(object: T, previous: T | undefined): readonly string[];
  /** Seconds a deletion must wait for the node agent; 0 removes at once. Absent: always 0 (L4). */
  deletionGraceSeconds?(object: T, requested: number | undefined): number;
  /** Values of field selectors beyond metadata.name and metadata.namespace (G5). */
  selectableFields?(object: T): Readonly<Record<string, string>>;
  /** Index terms beyond the generic `owner:<uid>` (kernel/store.ts). */
  indexTerms?(object: T): readonly string[];
  /** Whether the labels of each object are among its index terms, as `label:<namespace>/<key>=<value>` and `labelkey:<namespace>/<key>`. */
  readonly hasLabelTerms?: boolean;

  readonly columns: readonly Column[];
  cells(object: T, nowMs: number): readonly Cell[];
  rowConditions?(object: T): readonly Readonly<Record<string, string>>[];
}

export interface Structure {
  readonly schema: StructuralSchema;
  /** The types of its fields, for their ownership. */
  readonly types: TypeTable;
  /** The same of another version of the definition, with the name of its type; undefined: it has no such version. */
  typesOf(apiVersion: string): OwnedTypes | undefined;
  /** The apiVersion in which its objects are stored, whichever version they come in. */
  readonly storedApiVersion: string;
  /** Which content of the definition this is. */
  readonly generation: number;
  /** Who converts objects between versions (O15); absent: nobody, versions differ in their apiVersion and in what they know. */
  readonly webhook?: ConversionWebhook;
  /** What readers of this version see of an object that is stored, where no webhook converts; the same object where nothing differs. */
  fromStored(object: KubeObject): KubeObject;
  /** A stored object with the defaults of its own version, without what that does not know; the same object where nothing differs. */
  complete(object: KubeObject): KubeObject;
  /** What the version of an object knows of it. */
  known(object: KubeObject): KubeObject;
}

export interface OwnedTypes {
  readonly table: TypeTable;
  readonly type: string;
}

/** A webhook that converts the objects of a custom resource. */
export interface ConversionWebhook {
  /** The name of the definition. */
  readonly definition: string;
  readonly client: WebhookClient;
  /** Versions of its reviews, the best first. */
  readonly reviewVersions: readonly string[];
}

/** Objects of a request on their way between its version and others. Each result fails while a webhook must be asked first. */
export interface Exchange {
  /** A stored object as the version of the request has it; it was converted before. */
  shown(stored: KubeObject): KubeObject;
  /** The object in another version of its resource, by its apiVersion. */
  convert(object: KubeObject, apiVersion: string): Result<KubeObject>;
  /** How an object of the request's version is stored, and what is seen of it then. */
  store(object: KubeObject): Result<Exchanged>;
}

export interface Exchanged {
  readonly stored: KubeObject;
  readonly shown: KubeObject;
}

export interface SubresourceInfo {
  readonly verbs: readonly string[];
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  /** Other versions that bodies of its kind may have, of the same shape. */
  readonly olderVersions?: readonly string[];
}

/** `v1`, `apps/v1`. */
export function apiVersionOf(kind: Pick<Kind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** The resource id of the store and the service API: `pods`, `replicasets.apps`. */
export function resourceOf(kind: Kind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** The resource id under which the objects of a kind are stored. */
export function storedResourceOf(kind: Kind): string {
  return kind.conversion?.resource ?? resourceOf(kind);
}
