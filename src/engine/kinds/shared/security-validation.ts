// Validation of security contexts, of pods and of containers, with sysctls and profiles.
// Upstream: pkg/apis/core/validation/validation.go validatePodSpecSecurityContext, ValidateSecurityContext (v1.33),
// component-helpers/node/util/sysctl. Rule: P4.

import {
  duplicate,
  type FieldError,
  forbidden,
  goText,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../../apimachinery/field-errors.ts';
import { checkChoice, checkDescendingPath, checkRange, eachItem, type Fields, goPointer } from './field-checks.ts';
import type { PodSpec } from './pod-spec.ts';
import { validateWindowsOptions } from './windows-validation.ts';

const ID_MAX = 2_147_483_647;
const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const PROFILE_PATH_LENGTH_MAX = 4095;

interface Profile {
  readonly type?: string;
  readonly localhostProfile?: string;
}

/** Of the pod. */
export function validatePodSecurity(spec: PodSpec, path: string): FieldError[] {
  const context = spec['securityContext'] as Fields | undefined;
  if (context === undefined) return [];
  const at = `${path}.securityContext`;
  const sharesBoth = spec['hostPID'] === true && spec['shareProcessNamespace'] === true;
  return [
    ...['fsGroup', 'runAsUser', 'runAsGroup'].flatMap((member) => checkId(context, at, member)),
    ...eachItem(context['supplementalGroups'] as readonly number[] | undefined, `${at}.supplementalGroups`, (id, field) =>
      checkRange(field, id, 0, ID_MAX),
    ),
    ...(sharesBoth ? [invalid(`${at}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')] : []),
    ...validateSysctls(context, spec, `${at}.sysctls`),
    ...checkChoice(`${at}.fsGroupChangePolicy`, context['fsGroupChangePolicy'] as string | undefined, ['Always', 'OnRootMismatch']),
    ...validateProfiles(context, at, () => validateWindowsOptions(context['windowsOptions'] as Fields | undefined, `${at}.windowsOptions`)),
    ...checkChoice(`${at}.supplementalGroupsPolicy`, context['supplementalGroupsPolicy'] as string | undefined, ['Merge', 'Strict']),
    ...checkChoice(`${at}.seLinuxChangePolicy`, context['seLinuxChangePolicy'] as string | undefined, ['Recursive']),
  ];
}

/** Of a container. `hostUsers` says whether the pod has the users of its node. */
export function validateContainerSecurity(context: Fields | undefined, at: string, hostUsers: boolean): FieldError[] {
  if (context === undefined) return [];
  const mount = context['procMount'] as string | undefined;
  return [
    ...['runAsUser', 'runAsGroup'].flatMap((member) => checkId(context, at, member)),
    ...checkChoice(`${at}.procMount`, mount, ['Default', 'Unmasked']),
    ...(mount === 'Unmasked' && hostUsers ? [invalid(`${at}.procMount`, mount, '`hostUsers` must be false to use `Unmasked`')] : []),
    ...validateProfiles(context, at, () => [
      ...validateEscalation(context, at),
      ...validateWindowsOptions(context['windowsOptions'] as Fields | undefined, `${at}.windowsOptions`),
    ]),
  ];
}

function checkId(context: Fields, path: string, member: string): FieldError[] {
  return checkRange(`${path}.${member}`, context[member] as number | undefined, 0, ID_MAX);
}

/** The two profiles, with what upstream checks between them. */
function validateProfiles(context: Fields, at: string, between: () => readonly FieldError[]): FieldError[] {
  return [
    ...validateSeccomp(context['seccompProfile'] as Profile | undefined, `${at}.seccompProfile`),
    ...between(),
    ...validateAppArmor(context['appArmorProfile'] as Profile | undefined, `${at}.appArmorProfile`),
  ];
}

const NO_ESCALATION = 'cannot set `allowPrivilegeEscalation` to false and';

function validateEscalation(context: Fields, at: string): FieldError[] {
  if (context['allowPrivilegeEscalation'] !== false) return [];
  const { add = [] } = (context['capabilities'] ?? {}) as { readonly add?: readonly string[] };
  const value = goText(goSecurityContext(context));
  return [
    ...(context['privileged'] === true ? [invalid(at, value, `${NO_ESCALATION} \`privileged\` to true`)] : []),
    ...add.filter((name) => name === 'CAP_SYS_ADMIN').map(() => invalid(at, value, `${NO_ESCALATION} \`capabilities.Add\` CAP_SYS_ADMIN`)),
  ];
}

function goSecurityContext(context: Fields): string {
  const members: readonly (readonly [name: string, type: string, member: string])[] = [
    ['Capabilities', 'core.Capabilities', 'capabilities'],
    ['Privileged', 'bool', 'privileged'],
    ['SELinuxOptions', 'core.SELinuxOptions', 'seLinuxOptions'],
    ['WindowsOptions', 'core.WindowsSecurityContextOptions', 'windowsOptions'],
    ['RunAsUser', 'int64', 'runAsUser'],
    ['RunAsGroup', 'int64', 'runAsGroup'],
    ['RunAsNonRoot', 'bool', 'runAsNonRoot'],
    ['ReadOnlyRootFilesystem', 'bool', 'readOnlyRootFilesystem'],
    ['AllowPrivilegeEscalation', 'bool', 'allowPrivilegeEscalation'],
    ['ProcMount', 'core.ProcMountType', 'procMount'],
    ['SeccompProfile', 'core.SeccompProfile', 'seccompProfile'],
    ['AppArmorProfile', 'core.AppArmorProfile', 'appArmorProfile'],
  ];
  return `core.SecurityContext{${members.map(([name, type, member]) => `${name}:${goPointer(type, context[member])}`).join(', ')}}`;
}

function validateSeccomp(profile: Profile | undefined, at: string): FieldError[] {
  if (profile === undefined) return [];
  const { type = '', localhostProfile } = profile;
  const errors =
    type === '' ? [required(`${at}.type`, 'type is required when seccompProfile is set')] : checkChoice(`${at}.type`, type, PROFILE_TYPES);
  const field = `${at}.localhostProfile`;
  if (type === 'Localhost') {
    const own =
      localhostProfile === undefined
        ? [required(field, 'must be set when seccomp type is Localhost')]
        : checkDescendingPath(field, localhostProfile);
    return [...errors, ...own];
  }
  if (localhostProfile === undefined) return errors;
  const value = goText(`core.SeccompProfile{Type:${JSON.stringify(type)}, LocalhostProfile:${goPointer('string', localhostProfile)}}`);
  return [...errors, invalid(field, value, 'can only be set when seccomp type is Localhost')];
}

function validateAppArmor(profile: Profile | undefined, at: string): FieldError[] {
  if (profile === undefined) return [];
  const { type = '', localhostProfile } = profile;
  const field = `${at}.localhostProfile`;
  if (type === '') return [required(`${at}.type`, 'type is required when appArmorProfile is set')];
  if (!PROFILE_TYPES.includes(type)) return [notSupported(`${at}.type`, type, PROFILE_TYPES)];
  if (type !== 'Localhost') {
    const text = 'can only be set when AppArmor type is Localhost';
    return localhostProfile === undefined ? [] : [invalid(field, localhostProfile, text)];
  }
  const missing = required(field, 'must be set when AppArmor type is Localhost');
  if (localhostProfile === undefined) return [missing];
  const isPadded = localhostProfile.trim() !== localhostProfile;
  return [
    ...(isPadded ? [invalid(field, localhostProfile, 'must not be padded with whitespace')] : localhostProfile === '' ? [missing] : []),
    ...(localhostProfile.length > PROFILE_PATH_LENGTH_MAX ? [tooLong(field, PROFILE_PATH_LENGTH_MAX)] : []),
  ];
}

const SYSCTL_LENGTH_MAX = 253;
const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_TEXT = `must have at most ${SYSCTL_LENGTH_MAX} characters and match regex ^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
const IS_SYSCTL_SEGMENT = /^[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/;
/** Kernel parameters of the IPC namespace. */
const IPC_SYSCTLS = ['sem', 'shmall', 'shmmax', 'shmmni', 'shm_rmid_forced', 'shm', 'msgmax', 'msgmnb', 'msgmni', 'msg'];

function validateSysctls(context: Fields, spec: PodSpec, path: string): FieldError[] {
  const names = new Set<string>();
  return eachItem(context['sysctls'] as readonly { readonly name?: string }[] | undefined, path, ({ name = '' }, at) => {
    const field = `${at}.name`;
    const isName = name.length <= SYSCTL_LENGTH_MAX && name.split(/[./]/).every((part) => IS_SYSCTL_SEGMENT.test(part));
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(field));
    else if (!isName) errors.push(invalid(field, name, SYSCTL_TEXT));
    else if (names.has(name)) errors.push(duplicate(field, name));
    names.add(name);
    const shared = sharedNamespace(name, spec);
    return shared === undefined ? errors : [...errors, invalid(field, name, `may not be specified when '${shared}' is true`)];
  });
}

/** Which setting of the pod gives it the namespace of its node that a sysctl belongs to. */
function sharedNamespace(name: string, spec: PodSpec): string | undefined {
  const [plain = ''] = normalizeSysctl(name).split('*', 1);
  if (IPC_SYSCTLS.includes(plain.replace(/^kernel\./, '')) && plain.startsWith('kernel.'))
    return spec['hostIPC'] === true ? 'hostIPC' : undefined;
  if (plain.startsWith('fs.mqueue.')) return spec['hostIPC'] === true ? 'hostIPC' : undefined;
  return plain.startsWith('net.') && spec.hostNetwork === true ? 'hostNetwork' : undefined;
}

/** Names may be written with slashes; then dots and slashes change places. */
function normalizeSysctl(name: string): string {
  const separator = /[./]/.exec(name)?.[0];
  return separator === '/' ? name.replaceAll(/[./]/g, (mark) => (mark === '/' ? '.' : '/')) : name;
}

/** What only pods with their own users may not have. */
export function validateHostUsers(spec: PodSpec, path: string): FieldError[] {
  if (spec['hostUsers'] !== false) return [];
  const text = 'when `pod.Spec.HostUsers` is false';
  // Upstream's paths are written so.
  const shared = [
    ['hostNetwork', 'hostNetwork'],
    ['hostPID', 'HostPID'],
    ['hostIPC', 'HostIPC'],
  ] as const;
  return shared.filter(([member]) => spec[member] === true).map(([, name]) => forbidden(`${path}.${name}`, text));
}
