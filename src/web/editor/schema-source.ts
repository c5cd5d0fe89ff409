// The schemas of a cluster, read when somebody writes an object of theirs: one OpenAPI document for each apiVersion, as kubectl reads them.

import { readJson } from '../objects/kubernetes.ts';
import type { Schemas } from './schema.ts';

interface Index {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
}

export class SchemaSource {
  private readonly base: string;
  private readonly known = new Map<string, Schemas | null>();
  private readonly reads = new Map<string, Promise<void>>();

  constructor(cluster: string) {
    this.base = `/clusters/${encodeURIComponent(cluster)}/openapi/v3`;
  }

  /** Undefined: not known yet; null: the cluster does not serve it. */
  get(apiVersion: string): Schemas | null | undefined {
    return this.known.get(apiVersion);
  }

  /** Resolves when these are known, or cannot be. */
  async load(apiVersions: readonly string[]): Promise<void> {
    await Promise.all(
      apiVersions.map((apiVersion) => {
        const read = this.reads.get(apiVersion) ?? this.read(apiVersion);
        this.reads.set(apiVersion, read);
        // What failed is tried again with the next letter.
        return read.catch(() => void this.reads.delete(apiVersion));
      }),
    );
  }

  private async read(apiVersion: string): Promise<void> {
    const path = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
    const { paths } = await readJson<Index>(this.base);
    if (paths[path] === undefined) {
      this.known.set(apiVersion, null);
      return;
    }
    const document = await readJson<{ components: { schemas: Schemas } }>(
      `${this.base}/${path.split('/').map(encodeURIComponent).join('/')}`,
    );
    this.known.set(apiVersion, document.components.schemas);
  }
}
