// Validation of the sources of volumes, one by one, in upstream's order.
// Upstream: pkg/apis/core/validation/validation.go validate...VolumeSource (v1.33). Rule: P4. Image volumes are dropped before, as their gate is off.

import { type FieldError, forbidden, goText, invalid, notSupported, required, tooLong } from '../../apimachinery/field-errors.ts';
import { labelProblems, subdomainProblems } from '../../apimachinery/names.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { type ClaimSpec, validateClaimTemplate } from './claim-validation.ts';
import {
  checkBacksteps,
  checkChoice,
  checkDescendingPath,
  checkFreePath,
  checkMode,
  checkRange,
  eachItem,
  type Fields,
  goTexts,
  invalidFor,
  requireMembers,
} from './field-checks.ts';
import { validateFieldRef, validateResourceRef, VOLUME_FIELD_PATHS } from './field-ref-validation.ts';

export interface VolumeSourceRule {
  /** The member of the volume. */
  readonly member: string;
  readonly check: (source: Fields, path: string) => FieldError[];
  /** Where upstream's errors say that they are, when it is not the member. */
  readonly path?: string;
  /** The same of the error about a second source. */
  readonly repeated?: string;
}

export const VOLUME_SOURCES: readonly VolumeSourceRule[] = [
  { member: 'emptyDir', check: checkEmptyDir },
  { member: 'hostPath', check: checkHostPath },
  { member: 'gitRepo', check: checkGitRepo },
  { member: 'gcePersistentDisk', check: diskOf('pdName'), path: 'persistentDisk' },
  { member: 'awsElasticBlockStore', check: diskOf('volumeID') },
  { member: 'secret', check: filesOf('secretName') },
  { member: 'nfs', check: checkNfs },
  { member: 'iscsi', check: checkIscsi },
  { member: 'glusterfs', check: requiring('endpoints', 'path') },
  { member: 'flocker', check: checkFlocker },
  { member: 'persistentVolumeClaim', check: requiring('claimName') },
  { member: 'rbd', check: checkRbd },
  { member: 'cinder', check: checkCinder },
  { member: 'cephfs', check: checkCephFs, repeated: 'cephFS' },
  { member: 'quobyte', check: checkQuobyte },
  { member: 'downwardAPI', check: checkDownward, repeated: 'downwarAPI' },
  { member: 'fc', check: checkFc },
  { member: 'flexVolume', check: checkFlex },
  { member: 'configMap', check: filesOf('name') },
  { member: 'azureFile', check: requiring('secretName', 'shareName') },
  { member: 'vsphereVolume', check: requiring('volumePath') },
  { member: 'photonPersistentDisk', check: requiring('pdID') },
  { member: 'portworxVolume', check: requiring('volumeID') },
  { member: 'azureDisk', check: checkAzureDisk },
  { member: 'storageos', check: checkStorageOs },
  { member: 'projected', check: checkProjected },
  { member: 'scaleIO', check: requiring('gateway', 'system', 'volumeName') },
  { member: 'csi', check: checkCsi },
  { member: 'ephemeral', check: checkEphemeral },
];

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
const TOKEN_SECONDS_MIN = 600;
const TOKEN_SECONDS_MAX = 2 ** 32;
const DRIVER_NAME_LENGTH_MAX = 63;

function requiring(...members: readonly string[]): VolumeSourceRule['check'] {
  return (source, path) => requireMembers(source, path, ...members);
}

function diskOf(member: string): VolumeSourceRule['check'] {
  return (source, path) => [
    ...requireMembers(source, path, member),
    // Upstream accepts 0 as well, whatever the text says.
    ...(source['partition'] === 0 ? [] : checkRange(`${path}.partition`, source['partition'] as number | undefined, 1, 255)),
  ];
}

/** Secrets and ConfigMaps. */
function filesOf(member: string): VolumeSourceRule['check'] {
  return (source, path) => [
    ...requireMembers(source, path, member),
    ...checkMode(`${path}.defaultMode`, source['defaultMode']),
    ...eachItem(source['items'] as readonly Fields[] | undefined, `${path}.items`, checkKeyToPath),
  ];
}

function checkKeyToPath(item: Fields, at: string): FieldError[] {
  return [
    ...requireMembers(item, at, 'key', 'path'),
    ...checkFreePath(`${at}.path`, (item['path'] ?? '') as string),
    ...checkMode(`${at}.mode`, item['mode']),
  ];
}

function checkEmptyDir({ sizeLimit }: Fields, path: string): FieldError[] {
  if (typeof sizeLimit !== 'string' || compareQuantities(sizeLimit, '0') >= 0) return [];
  return [forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')];
}

function checkHostPath(source: Fields, path: string): FieldError[] {
  const { path: place = '', type } = source as { readonly path?: string; readonly type?: string };
  if (place === '') return [required(`${path}.path`)];
  return [...checkBacksteps(`${path}.path`, place), ...checkChoice(`${path}.type`, type, HOST_PATH_TYPES)];
}

function checkGitRepo(source: Fields, path: string): FieldError[] {
  const directory = (source['directory'] ?? '') as string;
  return [...requireMembers(source, path, 'repository'), ...checkDescendingPath(`${path}.directory`, directory)];
}

function checkNfs(source: Fields, path: string): FieldError[] {
  const place = (source['path'] ?? '') as string;
  const errors = requireMembers(source, path, 'server', 'path');
  return place.startsWith('/') ? errors : [...errors, invalid(`${path}.path`, place, 'must be an absolute path')];
}

const INITIATORS: Readonly<Record<string, RegExp>> = {
  iqn: /^iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function checkInitiator(field: string, name: string): FieldError[] {
  const format = INITIATORS[name.slice(0, 3)];
  if (format === undefined) return [invalid(field, name, 'must be valid format starting with iqn, eui, or naa')];
  return format.test(name) ? [] : [invalid(field, name, 'must be valid format')];
}

function checkIscsi(source: Fields, path: string): FieldError[] {
  const { iqn = '', lun = 0, initiatorName } = source as { readonly iqn?: string; readonly lun?: number; readonly initiatorName?: string };
  const needsSecret = source['chapAuthDiscovery'] === true || source['chapAuthSession'] === true;
  return [
    ...requireMembers(source, path, 'targetPortal'),
    ...(iqn === '' ? [required(`${path}.iqn`)] : checkInitiator(`${path}.iqn`, iqn)),
    ...checkRange(`${path}.lun`, lun, 0, 255),
    ...(needsSecret && source['secretRef'] === undefined ? [required(`${path}.secretRef`)] : []),
    ...(initiatorName === undefined ? [] : checkInitiator(`${path}.initiatorname`, initiatorName)),
  ];
}

function checkFlocker(source: Fields, path: string): FieldError[] {
  const { datasetName: name = '', datasetUUID: uuid = '' } = source as { readonly datasetName?: string; readonly datasetUUID?: string };
  return [
    ...(name === '' && uuid === '' ? [required(path, 'one of datasetName and datasetUUID is required')] : []),
    ...(name !== '' && uuid !== '' ? [invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')] : []),
    ...(name.includes('/') ? [invalid(`${path}.datasetName`, name, "must not contain '/'")] : []),
  ];
}

function textsOf(source: Fields, member: string): readonly string[] {
  return (source[member] ?? []) as readonly string[];
}

function checkRbd(source: Fields, path: string): FieldError[] {
  return [...checkCephFs(source, path), ...requireMembers(source, path, 'image')];
}

function checkCephFs(source: Fields, path: string): FieldError[] {
  return textsOf(source, 'monitors').length === 0 ? [required(`${path}.monitors`)] : [];
}

function checkSecretRef(source: Fields, path: string, member = 'secretRef'): FieldError[] {
  const reference = source[member] as Fields | undefined;
  return reference === undefined ? [] : requireMembers(reference, `${path}.${member}`, 'name');
}

function checkCinder(source: Fields, path: string): FieldError[] {
  return [...requireMembers(source, path, 'volumeID'), ...checkSecretRef(source, path)];
}

const HOST_PORTS = 'must be a host:port pair or multiple pairs separated by commas';

function checkQuobyte(source: Fields, path: string): FieldError[] {
  const { registry = '', tenant = '' } = source as { readonly registry?: string; readonly tenant?: string };
  const volume = requireMembers(source, path, 'volume');
  if (registry === '') return [required(`${path}.registry`, HOST_PORTS), ...volume];
  if (tenant.length >= 65) return [required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'), ...volume];
  const wrong = registry.split(',').filter((pair) => !/^(?:[^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/.test(pair));
  return [...wrong.map(() => invalid(`${path}.registry`, registry, HOST_PORTS)), ...volume];
}

function checkDownward(source: Fields, path: string): FieldError[] {
  const items = (source['items'] ?? []) as readonly Fields[];
  // Upstream's paths leave out which file it is.
  return [...checkMode(`${path}.defaultMode`, source['defaultMode']), ...items.flatMap((item) => checkDownwardFile(item, path))];
}

function checkDownwardFile(file: Fields, path: string): FieldError[] {
  return [
    ...requireMembers(file, path, 'path'),
    ...checkFreePath(`${path}.path`, (file['path'] ?? '') as string),
    ...checkDownwardSource(file, path),
    ...checkMode(`${path}.mode`, file['mode']),
  ];
}

function checkDownwardSource(file: Fields, path: string): FieldError[] {
  const fieldRef = file['fieldRef'] as Fields | undefined;
  const resourceFieldRef = file['resourceFieldRef'] as Fields | undefined;
  if (fieldRef !== undefined) {
    const errors = validateFieldRef(fieldRef, VOLUME_FIELD_PATHS, `${path}.fieldRef`);
    const both = invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
    return resourceFieldRef === undefined ? errors : [...errors, both];
  }
  if (resourceFieldRef !== undefined) return validateResourceRef(resourceFieldRef, `${path}.resourceFieldRef`, true);
  return [required(path, 'one of fieldRef and resourceFieldRef is required')];
}

function checkFc(source: Fields, path: string): FieldError[] {
  const names = textsOf(source, 'targetWWNs');
  const ids = textsOf(source, 'wwids');
  const at = `${path}.targetWWNs`;
  const lun = source['lun'] as number | undefined;
  return [
    ...(names.length === 0 && ids.length === 0 ? [required(at, 'must specify either targetWWNs or wwids, but not both')] : []),
    ...(names.length > 0 && ids.length > 0
      ? [invalid(at, goText(goTexts(names)), 'targetWWNs and wwids can not be specified simultaneously')]
      : []),
    ...(names.length === 0
      ? []
      : lun === undefined
        ? [required(`${path}.lun`, 'lun is required if targetWWNs is specified')]
        : checkRange(`${path}.lun`, lun, 0, 255)),
  ];
}

function checkFlex(source: Fields, path: string): FieldError[] {
  const reserved = Object.keys((source['options'] ?? {}) as object).filter((key) =>
    /\.(?:kubernetes|k8s)\.io$/.test(`.${(key.split('/', 1)[0] ?? '').toLowerCase()}`),
  );
  const text = 'kubernetes.io and k8s.io namespaces are reserved';
  return [...requireMembers(source, path, 'driver'), ...reserved.map((key) => invalid(`${path}.options[${key}]`, key, text))];
}

function checkAzureDisk(source: Fields, path: string): FieldError[] {
  const {
    cachingMode,
    kind,
    diskURI = '',
  } = source as { readonly cachingMode?: string; readonly kind?: string; readonly diskURI?: string };
  const start = kind === 'Managed' ? '/subscriptions/' : 'https://';
  const form =
    kind === 'Managed'
      ? '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
      : 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
  return [
    ...requireMembers(source, path, 'diskName', 'diskURI'),
    ...checkChoice(`${path}.cachingMode`, cachingMode, ['None', 'ReadOnly', 'ReadWrite']),
    ...checkChoice(`${path}.kind`, kind, ['Dedicated', 'Managed', 'Shared']),
    ...(kind === undefined || diskURI.startsWith(start) ? [] : [notSupported(`${path}.diskURI`, diskURI, [form])]),
  ];
}

function checkStorageOs(source: Fields, path: string): FieldError[] {
  const { volumeName = '', volumeNamespace = '' } = source as { readonly volumeName?: string; readonly volumeNamespace?: string };
  return [
    ...(volumeName === '' ? [required(`${path}.volumeName`)] : invalidFor(`${path}.volumeName`, volumeName, labelProblems(volumeName))),
    ...(volumeNamespace === '' ? [] : invalidFor(`${path}.volumeNamespace`, volumeNamespace, labelProblems(volumeNamespace))),
    ...checkSecretRef(source, path),
  ];
}

function checkCsi(source: Fields, path: string): FieldError[] {
  const { driver = '', nodePublishSecretRef: reference } = source as {
    readonly driver?: string;
    readonly nodePublishSecretRef?: { readonly name?: string };
  };
  const { name = '' } = reference ?? {};
  return [
    ...checkDriverName(`${path}.driver`, driver),
    ...(reference === undefined
      ? []
      : name === ''
        ? [required(`${path}.nodePublishSecretRef.name`)]
        : invalidFor(`${path}.name`, name, subdomainProblems(name))),
  ];
}

function checkDriverName(field: string, driver: string): FieldError[] {
  return [
    ...(driver === '' ? [required(field)] : []),
    ...(driver.length > DRIVER_NAME_LENGTH_MAX ? [tooLong(field, DRIVER_NAME_LENGTH_MAX)] : []),
    ...invalidFor(field, driver, subdomainProblems(driver.toLowerCase())),
  ];
}

function checkEphemeral(source: Fields, path: string): FieldError[] {
  const template = source['volumeClaimTemplate'] as { readonly metadata?: Fields; readonly spec?: ClaimSpec } | undefined;
  const at = `${path}.volumeClaimTemplate`;
  return template === undefined ? [required(at)] : validateClaimTemplate(template, at);
}

function checkProjected(source: Fields, path: string): FieldError[] {
  const paths = new Set<string>();
  const sources = source['sources'] as readonly Fields[] | undefined;
  const check = (item: Fields, at: string): FieldError[] => checkProjection(item, path, at, paths);
  return [...checkMode(`${path}.defaultMode`, source['defaultMode']), ...eachItem(sources, `${path}.sources`, check)];
}

/** `paths` are those of the files of all sources so far. */
function checkProjection(projection: Fields, path: string, at: string, paths: Set<string>): FieldError[] {
  const errors: FieldError[] = [];
  const claim = (file: Fields, value: string): void => {
    const place = (file['path'] ?? '') as string;
    if (place !== '' && paths.has(place)) errors.push(invalid(path, value, 'conflicting duplicate paths'));
    paths.add(place);
  };
  const members = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken'].filter((member) => projection[member] !== undefined);
  for (const member of members) {
    const source = projection[member] as Fields;
    const items = (source['items'] ?? []) as readonly Fields[];
    if (member === 'serviceAccountToken') errors.push(...checkToken(source, path, `${at}.${member}`));
    else if (member === 'downwardAPI') {
      for (const item of items) {
        errors.push(...checkDownwardFile(item, `${at}.${member}`));
        claim(item, (item['path'] ?? '') as string);
      }
    } else {
      errors.push(...requireMembers(source, `${at}.${member}`, 'name'));
      items.forEach((item, index) => {
        errors.push(...checkKeyToPath(item, `${at}.${member}.items[${index}]`));
        claim(item, (source['name'] ?? '') as string);
      });
    }
  }
  if (members.length > 1) errors.push(forbidden(at, 'may not specify more than 1 volume type per source'));
  return errors;
}

function checkToken(source: Fields, path: string, at: string): FieldError[] {
  const { expirationSeconds: seconds = 0, path: place = '' } = source as { readonly expirationSeconds?: number; readonly path?: string };
  const field = `${at}.expirationSeconds`;
  return [
    ...(seconds < TOKEN_SECONDS_MIN ? [invalid(field, seconds, 'may not specify a duration less than 10 minutes')] : []),
    ...(seconds > TOKEN_SECONDS_MAX ? [invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds')] : []),
    // Upstream's path is that of the volume.
    ...(place === '' ? [required(`${path}.path`)] : checkFreePath(`${path}.path`, place)),
  ];
}
