// What a write expects of the object that is there, as the storage says that it is not so (F7).
// Upstream: staging/src/k8s.io/apiserver/pkg/storage/{interfaces,errors}.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import { conflict, type Status } from '../../apimachinery/status.ts';
import { objectKey } from '../../kernel/store.ts';
import type { Kind } from '../../kinds/kind.ts';

/** The refusal of a write that is about another uid or resourceVersion; empty is any. */
export function preconditionFailure<T extends KubeObject>(
  kind: Kind<T>,
  { metadata }: T,
  { uid = '', resourceVersion = '' }: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined },
): Status | undefined {
  const failed = [
    ['UID', uid, metadata.uid],
    ['ResourceVersion', resourceVersion, metadata.resourceVersion],
  ].find(([, expected, present]) => expected !== '' && expected !== present);
  if (failed === undefined) return undefined;
  const [what, expected, present] = failed;
  const key = `/${kind.plural}/${objectKey(metadata.namespace, metadata.name)}`;
  const detail = `Precondition failed: ${what} in precondition: ${expected}, ${what} in object meta: ${present}`;
  return conflict(
    kind,
    metadata.name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${detail}`,
  );
}
