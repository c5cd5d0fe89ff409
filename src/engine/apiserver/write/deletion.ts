// What a deletion asks for, and what it does to an object. Rules: C901-C904, K502-K504, L6, L9, C933.

import type { KubeObject, ObjectMeta } from '../../apimachinery/meta.ts';
import { conflict, fail, type Result } from '../../apimachinery/status.ts';
import type { Kind } from '../../kinds/kind.ts';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

/** L9: undefined when the object is the one that is meant. */
export function checkPreconditions<T extends KubeObject>(kind: Kind<T>, present: T, options: DeleteOptions): Result<T> | undefined {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { name } = present.metadata;
  // L9, E2: these two messages name the kind where others name the resource.
  const named = { ...kind, plural: kind.kind, group: '' };
  if (uid !== undefined && uid !== present.metadata.uid) {
    return fail(
      conflict(
        named,
        name,
        `the UID in the precondition (${uid}) does not match the UID in record (${present.metadata.uid}). The object might have been deleted and then recreated`,
      ),
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== present.metadata.resourceVersion) {
    return fail(
      conflict(
        named,
        name,
        `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${present.metadata.resourceVersion}). The object might have been modified`,
      ),
    );
  }
  return undefined;
}

const PROPAGATION_FINALIZERS = ['orphan', 'foregroundDeletion'];

/** C901-C904: the finalizer that makes the garbage collector act before the object goes. */
export function withPropagation<T extends KubeObject>(kind: Kind<T>, present: T, options: DeleteOptions): T {
  const before = present.metadata.finalizers ?? [];
  const inherited = before.includes('orphan') ? 'Orphan' : before.includes('foregroundDeletion') ? 'Foreground' : undefined;
  const policy = options.propagationPolicy ?? inherited ?? kind.defaultPropagation ?? 'Background';
  const wanted = policy === 'Orphan' ? 'orphan' : policy === 'Foreground' ? 'foregroundDeletion' : undefined;
  const others = before.filter((finalizer) => !PROPAGATION_FINALIZERS.includes(finalizer));
  const finalizers = wanted === undefined ? others : [...others, wanted];
  if (finalizers.length === before.length && finalizers.every((finalizer) => before.includes(finalizer))) return present;
  const { finalizers: _dropped, ...metadata } = present.metadata;
  return { ...present, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } } as T;
}

/** Metadata with the deletion fields in their usual place, after creationTimestamp. */
export function withDeletion(
  metadata: ObjectMeta,
  deletionTimestamp: string,
  graceSeconds: number | undefined,
  generation: number | undefined,
): ObjectMeta {
  const {
    labels,
    annotations,
    ownerReferences,
    finalizers,
    managedFields,
    deletionTimestamp: _old,
    deletionGracePeriodSeconds: _seconds,
    ...head
  } = metadata;
  return {
    ...head,
    ...(generation === undefined ? {} : { generation }),
    deletionTimestamp,
    ...(graceSeconds === undefined ? {} : { deletionGracePeriodSeconds: graceSeconds }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...(finalizers === undefined ? {} : { finalizers }),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
}
