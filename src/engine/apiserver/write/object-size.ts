// How large an object may be that a client writes. Upstream's limit is etcd's, and so are the words.
// Upstream: etcd api/v3rpc/rpctypes/error.go (v3.5). Rule: D9.
// Deviation: characters of JSON are counted, not bytes of protobuf, because no protobuf is made; and only what clients write is, because what controllers
// add to an object is small.

import { jsonLengthWithin, type KubeObject } from '../../apimachinery/meta.ts';
import { plainFailure, type Status } from '../../apimachinery/status.ts';
import { OBJECT_LENGTH_MAX } from '../../kernel/limits.ts';

/** A Status when the object is too large to be stored. */
export function refuseSize(object: KubeObject): Status | undefined {
  const isTooLarge = jsonLengthWithin(object, OBJECT_LENGTH_MAX + 1) > OBJECT_LENGTH_MAX;
  return isTooLarge ? plainFailure('etcdserver: request is too large') : undefined;
}
