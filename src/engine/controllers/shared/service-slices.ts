// What the controllers of Endpoints and EndpointSlices have in common as writers: whose a slice is, and what a write leaves of an object's metadata.

import type { ObjectMeta, StringMap } from '../../apimachinery/meta.ts';
import { type KernelObject, objectKey } from '../../kernel/store.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

/** The key of the service that a slice of a controller belongs to; undefined: it is another one's. */
export function serviceKeyOf({ metadata }: KernelObject, controller: string): string | undefined {
  const labels = metadata['labels'] as StringMap | undefined;
  const name = labels?.[SERVICE_NAME];
  return name === undefined || labels?.[MANAGED_BY] !== controller ? undefined : objectKey(metadata.namespace, name);
}

/** Metadata with other labels and annotations, its members in the order in which a fresh object has them. */
export function withLabels<T extends ObjectMeta>(metadata: T, labels: StringMap, annotations: StringMap): T {
  const { labels: _labels, annotations: _annotations, ownerReferences, finalizers, managedFields, ...head } = metadata;
  return {
    ...head,
    labels,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...(finalizers === undefined ? {} : { finalizers }),
    ...(managedFields === undefined ? {} : { managedFields }),
  } as T;
}
