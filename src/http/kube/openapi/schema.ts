// The subset of OpenAPI schemas that Kubernetes documents use; both versions of the documents are written from it (C4-C8).

/** A schema. A reference carries nothing else but a description (C5). */
export interface Schema {
  /** Name of a definition. */
  readonly reference?: string;
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** What else a value must be, by the names that both versions have for it: `pattern`, `maximum`, `default` … */
  readonly constraints?: Readonly<Record<string, unknown>>;
  /** Schemas of which a value must keep all, any, exactly one or none; only of version 3. */
  readonly junctions?: Readonly<Partial<Record<'allOf' | 'anyOf' | 'oneOf', readonly Schema[]>>> & { readonly not?: Schema };
  /** Members named `x-…`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** One operation of a path. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  readonly gvk: GroupVersionKind;
  /** Names and types of query parameters. */
  readonly queryParameters: Readonly<Record<string, 'string' | 'boolean' | 'integer'>>;
}

/** What clients read of an API: its paths and its types. */
export interface ApiDescription {
  readonly paths: Readonly<Record<string, readonly Operation[]>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}
