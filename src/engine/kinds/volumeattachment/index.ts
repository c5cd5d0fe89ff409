// The kind VolumeAttachment. Upstream: pkg/registry/storage/volumeattachment/strategy.go, pkg/apis/storage/validation/validation.go, printers.go
// printVolumeAttachment (v1.33). Rules: I5, I6, I9, L3, N8, P1. Omits the validation of inline volumes.
// Deviation: no controller attaches anything: volumes are where their pods are.

import { type FieldError, forbidden, invalid, required, tooLong } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, type KubeObject, type StringMap } from '../../apimachinery/meta.ts';
import { subdomainProblems } from '../../apimachinery/names.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { driverNameErrors } from '../shared/csi.ts';
import { immutable } from '../shared/immutable.ts';

interface VolumeProblem {
  readonly time?: string;
  readonly message?: string;
  readonly errorCode?: number;
}

export interface VolumeAttachment extends KubeObject {
  readonly spec: {
    readonly attacher: string;
    readonly source: { readonly persistentVolumeName?: string; readonly inlineVolumeSpec?: object };
    readonly nodeName: string;
  };
  readonly status: {
    readonly attached: boolean;
    readonly attachmentMetadata?: StringMap;
    readonly attachError?: VolumeProblem;
    readonly detachError?: VolumeProblem;
  };
}

const METADATA_BYTES_MAX = 256 * 1024;
const MESSAGE_BYTES_MAX = 1024;

export const volumeAttachmentKind: Kind<VolumeAttachment> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  singular: 'volumeattachment',
  shortNames: [],
  categories: [],
  namespaced: false,
  schema: 'storage.v1.VolumeAttachment',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: true,
  requiresVersionOnUpdate: true,
  returnsDeletedObject: true,
  applyDefaults: () => {},
  prepareForCreate(draft) {
    draft.status = { attached: false };
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') {
      draft.spec = previous.spec as Draft<VolumeAttachment>['spec'];
      dropGated(draft.status);
    } else draft.status = previous.status as Draft<VolumeAttachment>['status'];
  },
  validate: validateAttachment,
  validateUpdate: ({ spec, status }, previous, subresource) => [
    ...(subresource === 'status' ? validateStatus(status) : []),
    ...(isJsonEqual(spec, previous.spec) ? [] : [immutable('spec', spec)]),
  ],
  columns: [
    NAME_COLUMN,
    { ...column('Attacher'), format: 'name' },
    column('PV'),
    column('Node'),
    column('Attached', 'boolean'),
    AGE_COLUMN,
  ],
  cells: (attachment, nowMs) => [
    attachment.metadata.name,
    attachment.spec.attacher,
    attachment.spec.source.persistentVolumeName ?? '',
    attachment.spec.nodeName,
    attachment.status.attached,
    ageOf(attachment, nowMs),
  ],
};

/** What a gate keeps that is off in 1.33. */
function dropGated(status: Draft<VolumeAttachment>['status'] | undefined): void {
  delete status?.attachError?.errorCode;
  delete status?.detachError?.errorCode;
}

function validateAttachment({ spec }: VolumeAttachment): readonly FieldError[] {
  const { attacher = '', nodeName = '', source = {} } = spec;
  const { persistentVolumeName, inlineVolumeSpec } = source;
  const errors: FieldError[] = [];
  if (attacher === '') errors.push(required('spec.attacher'));
  const oneOf = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined) errors.push(required('spec.source', oneOf));
  else if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined) errors.push(forbidden('spec.source', oneOf));
  else if (persistentVolumeName === '')
    errors.push(required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'));
  for (const problem of subdomainProblems(nodeName)) errors.push(invalid('spec.nodeName', nodeName, problem));
  errors.push(...driverNameErrors(attacher, 'spec.attacher'));
  if (persistentVolumeName !== undefined)
    for (const problem of subdomainProblems(persistentVolumeName))
      errors.push(invalid('spec.source.persistentVolumeName', persistentVolumeName, problem));
  return errors;
}

function validateStatus({
  attachmentMetadata = {},
  attachError,
  detachError,
}: Partial<VolumeAttachment['status']> = {}): readonly FieldError[] {
  const bytes = Object.entries(attachmentMetadata).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const errors: FieldError[] = bytes > METADATA_BYTES_MAX ? [tooLong('status.attachmentMetadata', METADATA_BYTES_MAX)] : [];
  for (const [name, problem] of Object.entries({ attachError, detachError }))
    if ((problem?.message ?? '').length > MESSAGE_BYTES_MAX) errors.push(tooLong(`status.${name}.message`, METADATA_BYTES_MAX));
  return errors;
}
