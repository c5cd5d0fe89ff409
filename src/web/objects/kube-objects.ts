// What comes from the Kubernetes API.

export interface Kind {
  /** As the service names it: `pods`, `deployments.apps`. */
  readonly resource: string;
  readonly path: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
}

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly managedFields?: unknown;
  };
  readonly [field: string]: unknown;
}

export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object: KubeObject;
}

export interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly type: string; readonly priority: number }[] | null;
  readonly rows: readonly TableRow[];
}
