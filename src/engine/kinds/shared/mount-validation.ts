// Validation of what a container mounts: volumes as directories and as devices.
// Upstream: pkg/apis/core/validation/validation.go ValidateVolumeMounts, ValidateVolumeDevices (v1.33). Rule: P4.

import { type FieldError, forbidden, invalid, notFoundValue, notSupported, required } from '../../apimachinery/field-errors.ts';
import { checkChoice, checkDescendingPath, eachItem } from './field-checks.ts';
import type { Container, VolumeMount } from './pod-spec.ts';
import type { Volumes } from './volume-validation.ts';

interface Device {
  readonly name?: string;
  readonly devicePath?: string;
}

function devicesOf(container: Container): readonly Device[] {
  return (container['volumeDevices'] ?? []) as readonly Device[];
}

export function validateMounts(container: Container, volumes: Volumes, path: string): FieldError[] {
  const devices = devicesOf(container);
  const taken = new Set<string>();
  return eachItem(container.volumeMounts, path, (mount, at) => {
    const { name = '', mountPath = '' } = mount;
    const isTaken = taken.has(mountPath);
    taken.add(mountPath);
    const other = (member: keyof Device, value: string): boolean => devices.some((device) => (device[member] ?? '') === value);
    return [
      ...(name === '' ? [required(`${at}.name`)] : []),
      ...(volumes.has(name) ? [] : [notFoundValue(`${at}.name`, name)]),
      ...(mountPath === '' ? [required(`${at}.mountPath`)] : []),
      ...(isTaken ? [invalid(`${at}.mountPath`, mountPath, 'must be unique')] : []),
      ...(other('name', name) ? [invalid(`${at}.name`, name, 'must not already exist in volumeDevices')] : []),
      ...(other('devicePath', mountPath)
        ? [invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices')]
        : []),
      ...validateSubPaths(mount, path, at),
      ...validatePropagation(mount, container, `${path}.mountPropagation`),
      ...validateRecursion(mount, `${path}.recursiveReadOnly`),
    ];
  });
}

/** Upstream's paths leave out which mount it is, but for one of them. */
function validateSubPaths(mount: VolumeMount, path: string, at: string): FieldError[] {
  const { subPath = '', subPathExpr = '' } = mount as { readonly subPath?: string; readonly subPathExpr?: string };
  const both = subPath !== '' && subPathExpr !== '';
  return [
    ...(subPath === '' ? [] : checkDescendingPath(`${path}.subPath`, subPath)),
    ...(both ? [invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')] : []),
    ...(subPathExpr === '' ? [] : checkDescendingPath(`${path}.subPathExpr`, subPathExpr)),
  ];
}

function validatePropagation(mount: VolumeMount, container: Container, field: string): FieldError[] {
  const propagation = mount['mountPropagation'] as string | undefined;
  const { privileged } = (container['securityContext'] ?? {}) as { readonly privileged?: boolean };
  return [
    ...checkChoice(field, propagation, ['Bidirectional', 'HostToContainer', 'None']),
    ...(propagation === 'Bidirectional' && privileged !== true
      ? [forbidden(field, 'Bidirectional mount propagation is available only to privileged containers')]
      : []),
  ];
}

const RECURSIONS = ['Disabled', 'Enabled', 'IfPossible'];

function validateRecursion(mount: VolumeMount, field: string): FieldError[] {
  const recursion = mount['recursiveReadOnly'] as string | undefined;
  if (recursion === undefined || recursion === 'Disabled') return [];
  if (!RECURSIONS.includes(recursion)) return [notSupported(field, recursion, RECURSIONS)];
  return [
    ...(mount.readOnly === true ? [] : [forbidden(field, 'may only be specified when readOnly is true')]),
    ...((mount['mountPropagation'] ?? 'None') === 'None'
      ? []
      : [forbidden(field, 'may only be specified when mountPropagation is None or not specified')]),
  ];
}

export function validateDevices(container: Container, volumes: Volumes, path: string): FieldError[] {
  const mounts = container.volumeMounts ?? [];
  const names = new Set<string>();
  const paths = new Set<string>();
  return eachItem(devicesOf(container), path, ({ name = '', devicePath = '' }, at) => {
    const volume = volumes.get(name);
    const isClaim = volume?.['persistentVolumeClaim'] !== undefined || volume?.['ephemeral'] !== undefined;
    const isNameTaken = names.has(name);
    const isPathTaken = paths.has(devicePath);
    const goesBack = devicePath.split('/').includes('..');
    if (name !== '') names.add(name);
    if (!goesBack) paths.add(devicePath);
    const kind = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
    return [
      ...(name === '' ? [required(`${at}.name`)] : []),
      ...(isNameTaken ? [invalid(`${at}.name`, name, 'must be unique')] : []),
      ...(volume !== undefined && !isClaim ? [invalid(`${at}.name`, name, kind)] : []),
      ...(volume === undefined ? [notFoundValue(`${at}.name`, name)] : []),
      ...(devicePath === '' ? [required(`${at}.devicePath`)] : []),
      ...(isPathTaken ? [invalid(`${at}.devicePath`, devicePath, 'must be unique')] : []),
      ...(goesBack ? [invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')")] : []),
      ...(mounts.some((mount) => mount.name === name) ? [invalid(`${at}.name`, name, 'must not already exist in volumeMounts')] : []),
      ...(mounts.some((mount) => mount.mountPath === devicePath)
        ? [invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts')]
        : []),
    ];
  });
}
