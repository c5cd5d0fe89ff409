// What volumes and claims share: access modes, quantities of storage, the class of an object.
// Upstream: pkg/apis/core/helper/helpers.go, component-helpers/storage/volume (v1.33). Rules: N1, O13.

import { compareText } from '../../apimachinery/text.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import type { StringMap } from '../../apimachinery/meta.ts';
import { subdomainProblems } from '../../apimachinery/names.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'] as const;

const SHORT_MODES: readonly (readonly [mode: string, short: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** `RWO,RWX`. */
export function accessModesCell(modes: readonly string[] | undefined): string {
  return SHORT_MODES.filter(([mode]) => modes?.includes(mode) === true)
    .map(([, short]) => short)
    .join(',');
}

export function validateAccessModes(modes: readonly string[], path: string, missing: string): FieldError[] {
  if (modes.length === 0) return [required(path, missing)];
  const unknown = modes.filter((mode) => !(ACCESS_MODES as readonly string[]).includes(mode));
  const isMixed = modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && !unknown.includes(mode));
  return [
    ...unknown.map((mode) => notSupported(path, mode, ACCESS_MODES)),
    ...(isMixed ? [forbidden(path, 'may not use ReadWriteOncePod with other access modes')] : []),
  ];
}

export function validatePositive(quantity: string, path: string): FieldError[] {
  return compareQuantities(quantity, '0') > 0 ? [] : [invalid(path, quantity, 'must be greater than zero')];
}

export function validateNotNegative(quantity: string, path: string): FieldError[] {
  return compareQuantities(quantity, '0') >= 0 ? [] : [invalid(path, quantity, 'must be greater than or equal to 0')];
}

export function validateClassName(name: string | undefined, path: string): FieldError[] {
  return name === undefined || name === '' ? [] : subdomainProblems(name).map((problem) => invalid(path, name, problem));
}

export function validateVolumeMode(mode: string | undefined, path: string): FieldError[] {
  return mode === undefined || ['Block', 'Filesystem'].includes(mode) ? [] : [notSupported(path, mode, ['Block', 'Filesystem'])];
}

export const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

interface Classed {
  readonly metadata: { readonly annotations?: StringMap };
  readonly spec?: { readonly storageClassName?: string };
}

/** The class of a volume or claim; undefined when none was asked for, which is not the same as the empty one. */
export function classNameOf(object: Classed): string | undefined {
  return object.metadata.annotations?.[CLASS_ANNOTATION] ?? object.spec?.storageClassName;
}

/** Keys in order, as Go prints a map. */
export function sortedRecord<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compareText(a, b)));
}

/** Annotations by which the parts of the control plane speak about volumes and claims. */
export const STORAGE_ANNOTATIONS = {
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  selectedNode: 'volume.kubernetes.io/selected-node',
  provisioner: 'volume.kubernetes.io/storage-provisioner',
  betaProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
} as const;

/** Provisioners that were part of Kubernetes once, and the drivers that took their place. */
const MIGRATED: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
};

/** Who makes the volumes of a class; undefined when nobody does. */
export function driverOf(provisioner: string): string | undefined {
  return MIGRATED[provisioner] ?? (provisioner.startsWith('kubernetes.io/') ? undefined : provisioner);
}
