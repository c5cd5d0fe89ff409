// The terms by which the store finds objects: by their owners, by what their kind says, and those that have no controller.

import { controllerOf, type KubeObject } from '../apimachinery/meta.ts';
import { readMetadata } from '../kernel/object-text.ts';
import type { Kind } from '../kinds/kind.ts';

/** Index terms of an object: its owners and what its kind adds. */
export function indexTermsOf(kind: Kind | undefined, object: KubeObject): readonly string[] {
  const owners = (object.metadata.ownerReferences ?? []).map((reference) => `owner:${reference.uid}`);
  const own = kind?.indexTerms?.(object) ?? [];
  return controllerOf(object) === undefined ? [...owners, ...own, ORPHAN_TERM] : [...owners, ...own];
}

/** The same of an object of which only the JSON is known. Most kinds need no more than metadata. */
export function indexTermsOfText(kind: Kind | undefined, json: string): readonly string[] {
  const object = kind?.indexTerms === undefined ? { metadata: readMetadata(json) } : JSON.parse(json);
  return indexTermsOf(kind, object as KubeObject);
}

/** Carried by objects without a controller, see C114. */
export const ORPHAN_TERM = 'orphan';
