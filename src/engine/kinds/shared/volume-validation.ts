// Validation of the volumes of a pod: their names, and that each has one source of a known kind.
// Upstream: pkg/apis/core/validation/validation.go ValidateVolumes, validateVolumeSource (v1.33). Rule: P4.

import { duplicate, type FieldError, forbidden, invalid, required } from '../../apimachinery/field-errors.ts';
import { labelProblems, subdomainProblems } from '../../apimachinery/names.ts';
import { eachItem, type Fields, invalidFor } from './field-checks.ts';
import type { Volume } from './pod-spec.ts';
import { VOLUME_SOURCES } from './volume-sources.ts';

const NAME_AND_PORTAL_LENGTH_MAX = 64;
const TOO_LONG = 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
const CREATED_CLAIM = 'must not reference a PVC that gets created for an ephemeral volume';

/** Volumes that can be mounted, by name. */
export type Volumes = ReadonlyMap<string, Volume>;

/** `podName` is empty for templates, whose pods have no names yet. */
export function validateVolumes(all: readonly Volume[], podName: string, path: string): { volumes: Volumes; errors: FieldError[] } {
  const volumes = new Map<string, Volume>();
  const created = new Set(
    podName === '' ? [] : all.filter(({ ephemeral }) => ephemeral !== undefined).map(({ name }) => `${podName}-${name}`),
  );
  const errors = eachItem(all, path, (volume, at) => {
    const { name = '' } = volume;
    const found = [
      ...validateSource(volume, podName, at),
      ...(name === '' ? [required(`${at}.name`)] : invalidFor(`${at}.name`, name, labelProblems(name))),
      ...(volumes.has(name) ? [duplicate(`${at}.name`, name)] : []),
    ];
    // A volume with mistakes is none that could be mounted.
    if (found.length === 0) volumes.set(name, volume);
    const { claimName } = (volume['persistentVolumeClaim'] ?? {}) as { readonly claimName?: string };
    const isCreated = claimName !== undefined && created.has(claimName);
    return isCreated ? [...found, invalid(`${at}.persistentVolumeClaim.claimName`, claimName, CREATED_CLAIM)] : found;
  });
  return { volumes, errors };
}

function validateSource(volume: Volume, podName: string, path: string): FieldError[] {
  const present = VOLUME_SOURCES.filter(({ member }) => volume[member] !== undefined);
  if (present.length === 0) return [required(path, 'must specify a volume type')];
  return present.flatMap(({ member, check, path: checked = member, repeated = member }, index) => {
    const source = volume[member] as Fields;
    const own =
      index > 0 ? [forbidden(`${path}.${repeated}`, 'may not specify more than 1 volume type')] : check(source, `${path}.${checked}`);
    return [...own, ...validateName(volume.name, member, source, index === 0 ? podName : '', path)];
  });
}

/** What a source asks of the name of its volume. */
function validateName(name = '', member: string, source: Fields, podName: string, path: string): FieldError[] {
  if (member === 'iscsi' && source['initiatorName'] !== undefined) {
    const { targetPortal = '' } = source as { readonly targetPortal?: string };
    return `${name}:${targetPortal}`.length > NAME_AND_PORTAL_LENGTH_MAX ? [invalid(`${path}.name`, name, TOO_LONG)] : [];
  }
  if (member !== 'ephemeral' || podName === '' || name === '') return [];
  const claimName = `${podName}-${name}`;
  const problems = subdomainProblems(claimName).map((problem) => `PVC name ${JSON.stringify(claimName)}: ${problem}`);
  return invalidFor(`${path}.name`, name, problems);
}
