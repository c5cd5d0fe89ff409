// The terms by which the store finds objects: by their owners, by what their kind says, and those that have no controller.

import { controllerOf, type KubeObject } from '../apimachinery/meta.ts';
import { readMetadata } from '../kernel/object-text.ts';
import type { KernelObject, ReadTerms } from '../kernel/store.ts';
import { kindByResource } from '../kinds/index.ts';
import type { Kind } from '../kinds/kind.ts';

/** Index terms of an object: its owners and what its kind adds. */
export function indexTermsOf(kind: Kind | undefined, object: KubeObject): readonly string[] {
  const owners = (object.metadata.ownerReferences ?? []).map((reference) => `owner:${reference.uid}`);
  const own = kind?.indexTerms?.(object) ?? [];
  return controllerOf(object) === undefined ? [...owners, ...own, ORPHAN_TERM] : [...owners, ...own];
}

/** Who tells them of an object of which the JSON is known. Custom resources have the terms that all objects have. */
export function termsReader(resource: string): ReadTerms {
  let reader = readers.get(resource);
  if (reader === undefined) {
    const kind = kindByResource(resource);
    reader = (json, parsed) => indexTermsOf(kind, (parsed ?? objectOf(kind, json)) as KubeObject);
    readers.set(resource, reader);
  }
  return reader;
}

const readers = new Map<string, ReadTerms>();

/** Of most kinds no more than metadata. */
function objectOf(kind: Kind | undefined, json: string): Pick<KernelObject, 'metadata'> {
  return kind?.indexTerms === undefined ? { metadata: readMetadata(json) } : (JSON.parse(json) as KernelObject);
}

/** Carried by objects without a controller, see C114. */
export const ORPHAN_TERM = 'orphan';
