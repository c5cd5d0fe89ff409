// The steps that writes of clients have in common, whether they make an object or replace one.
// Upstream: apiserver/pkg/endpoints/handlers/{create,update}.go, pkg/registry/rest/{create,update}.go (v1.33). Rules: I2, Q13, U7, U8.

import type { ManagedEntries } from '../../apimachinery/managed-fields/index.ts';
import { invalidObject, type Status } from '../../apimachinery/status.ts';
import { validateBehaviors } from '../admission/behaviors.ts';
import { warnAboutObject } from '../admission/index.ts';
import type { Change } from '../admission/policies/requests.ts';
import type { ApiRequest } from '../request-types.ts';
import { judgeChange } from './judge.ts';
import { validateMetadata, validateMetadataUpdate } from './metadata.ts';
import type { Write } from './write.ts';

export interface ClientWrite extends Write {
  readonly request: ApiRequest;
  /** Metadata as the client sent it. */
  readonly given: Record<string, unknown>;
  /** The owners after an apply. */
  readonly applied: ManagedEntries | undefined;
  /** Texts of Warning headers so far; who is refused gets them, too. */
  readonly warnings: string[];
}

/** What policies and webhooks are asked about. */
export function changeOf({ object, present }: ClientWrite): Change {
  return present === undefined
    ? { operation: 'CREATE', object, oldObject: undefined }
    : { operation: 'UPDATE', object, oldObject: present };
}

/** I2: all errors at once, those of metadata first; then what the kind warns of. */
export function validate({ kind, object, present, subresource, given, warnings }: ClientWrite): Status | undefined {
  const isMain = subresource === '';
  const errors = [
    ...validateMetadata(kind, object),
    ...(present === undefined ? [] : validateMetadataUpdate(object, present, given)),
    ...(isMain ? kind.validate(object, present) : []),
    ...(present === undefined ? [] : (kind.validateUpdate?.(object, present, subresource) ?? [])),
    ...validateBehaviors(kind, object),
  ];
  if (errors.length > 0) return invalidObject(kind, object.metadata.name, errors);
  if (isMain) warnings.push(...(kind.warnings?.(object, present) ?? []));
  return undefined;
}

/** U7, U8: policies and webhooks may refuse what is valid. */
export function review(write: ClientWrite): Status | undefined {
  const { state, kind, request, object, warnings } = write;
  return judgeChange(state, kind, { ...request, name: object.metadata.name }, changeOf(write), warnings);
}

/** What plug-ins say to who is not refused. */
export function warn({ state, kind, object, present: previous, subresource, warnings }: ClientWrite): void {
  warnings.push(...warnAboutObject(state, kind, object, { previous, subresource }));
}
