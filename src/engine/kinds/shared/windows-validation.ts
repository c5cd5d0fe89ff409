// Validation of what only Windows has, and of what a pod of one system may not have of the other.
// Upstream: pkg/apis/core/validation/validation.go validateWindowsSecurityContextOptions, validateWindowsHostProcessPod, validateOS,
// validateLinux, validateWindows (v1.33). Rule: P4. No node here runs Windows.

import { type FieldError, forbidden, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { subdomainProblems } from '../../apimachinery/names.ts';
import { type Fields, invalidFor } from './field-checks.ts';
import type { Container, PodSpec } from './pod-spec.ts';

const SPEC_BYTES_MAX = 64 * 1024;
const DOMAIN_LENGTH_MAX = 256;
const USER_LENGTH_MAX = 104;
const IS_NETBIOS_NAME = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const IS_DNS_PART = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;
const SYSTEMS = ['linux', 'windows'];

export function validateWindowsOptions(options: Fields | undefined, path: string): FieldError[] {
  if (options === undefined) return [];
  const name = options['gmsaCredentialSpecName'] as string | undefined;
  const text = options['gmsaCredentialSpec'] as string | undefined;
  const user = options['runAsUserName'] as string | undefined;
  return [
    ...(name === undefined ? [] : invalidFor(`${path}.gmsaCredentialSpecName`, name, subdomainProblems(name))),
    ...(text === undefined ? [] : invalidFor(`${path}.gmsaCredentialSpec`, text, credentialProblems(text))),
    ...(user === undefined ? [] : invalidFor(`${path}.runAsUserName`, user, userProblems(user))),
  ];
}

function credentialProblems(text: string): readonly string[] {
  if (text === '') return ['gmsaCredentialSpec cannot be an empty string'];
  return text.length > SPEC_BYTES_MAX ? ['gmsaCredentialSpec size must be under 64 KiB'] : [];
}

function userProblems(name: string): readonly string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (/\p{Cc}/u.test(name.replaceAll(/[\u0080-\u009f]/g, ''))) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const domain = parts.length === 2 ? parts[0] : undefined;
  const user = parts.at(-1) ?? '';
  const problems: string[] = [];
  if (domain !== undefined && domain.length >= DOMAIN_LENGTH_MAX)
    problems.push(`runAsUserName's Domain length must be under ${DOMAIN_LENGTH_MAX} characters`);
  if (domain !== undefined && !IS_NETBIOS_NAME.test(domain) && !domain.split('.').every((part) => IS_DNS_PART.test(part)))
    problems.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (user === '') problems.push("runAsUserName's User cannot be empty");
  else if (user.length > USER_LENGTH_MAX)
    problems.push(`runAsUserName's User length must not be longer than ${USER_LENGTH_MAX} characters`);
  if (/^[. ]+$/.test(user)) problems.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) problems.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  return problems;
}

/** Containers that run as processes of their node: all of a pod or none. */
export function validateHostProcesses(spec: PodSpec, path: string): FieldError[] {
  const own = hostProcessOf(spec['securityContext'] as Fields | undefined);
  const containers = containersOf(spec, path);
  const errors = containers.flatMap(({ container, at }) => {
    const value = hostProcessOf(container['securityContext'] as Fields | undefined);
    if (own === undefined || value === undefined || own === value) return [];
    const text = `pod hostProcess value must be identical if both are specified, was ${own}`;
    return [invalid(`${at}.securityContext.windowsOptions.hostProcess`, value, text)];
  });
  const count = containers.filter(
    ({ container }) => (hostProcessOf(container['securityContext'] as Fields | undefined) ?? own) === true,
  ).length;
  if (count === 0) return errors;
  const all = 'If pod contains any hostProcess containers then all containers must be HostProcess containers';
  const network = 'hostNetwork must be true if pod contains any hostProcess containers';
  return [
    ...errors,
    ...(count === containers.length ? [] : [invalid(path, '', all)]),
    ...(spec.hostNetwork === true ? [] : [invalid(`${path}.hostNetwork`, false, network)]),
  ];
}

function hostProcessOf(context: Fields | undefined): boolean | undefined {
  return (context?.['windowsOptions'] as { readonly hostProcess?: boolean } | undefined)?.hostProcess;
}

/** All containers with their paths, in the order in which upstream visits them. */
export function containersOf(spec: PodSpec, path: string): readonly { readonly container: Container; readonly at: string }[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ container, at: `${path}.${list}[${index}]` })),
  );
}

/** What the system that a pod names rules out. */
export function validateSystem(spec: PodSpec, path: string): FieldError[] {
  const system = spec['os'] as { readonly name?: string } | undefined;
  if (system === undefined) return [];
  const { name = '' } = system;
  if (name === '') return [required(`${path}.os.name`, 'cannot be empty')];
  if (!SYSTEMS.includes(name)) return [notSupported(`${path}.os`, name, SYSTEMS)];
  return name === 'linux' ? forbidOnLinux(spec, path) : forbidOnWindows(spec, path);
}

function forbidOnLinux(spec: PodSpec, path: string): FieldError[] {
  const contexts = [{ container: spec as Fields, at: path }, ...containersOf(spec, path)];
  return contexts
    .filter(({ container }) => (container['securityContext'] as Fields | undefined)?.['windowsOptions'] !== undefined)
    .map(({ at }) => forbidden(`${at}.securityContext.windowsOptions`, 'windows options cannot be set for a linux pod'));
}

/** Members of a pod that only Linux has: those of the security context by name, those of the spec with a dot before. */
const LINUX_POD_MEMBERS = [
  'appArmorProfile',
  'seLinuxOptions',
  '.hostUsers',
  '.hostPID',
  '.hostIPC',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  '.shareProcessNamespace',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];

const LINUX_CONTAINER_MEMBERS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

function forbidOnWindows(spec: PodSpec, path: string): FieldError[] {
  const text = 'cannot be set for a windows pod';
  const context = (spec['securityContext'] ?? {}) as Fields;
  const own = LINUX_POD_MEMBERS.flatMap((member) => {
    const isOfSpec = member.startsWith('.');
    const value = isOfSpec ? spec[member.slice(1)] : context[member];
    // Namespaces of the node that are not used are not there; an empty list of sysctls is none.
    const isUnset =
      value === undefined ||
      ((member === '.hostPID' || member === '.hostIPC') && value === false) ||
      (Array.isArray(value) && value.length === 0);
    return isUnset ? [] : [forbidden(isOfSpec ? path + member : `${path}.securityContext.${member}`, text)];
  });
  const containers = containersOf(spec, path).flatMap(({ container, at }) => {
    const given = (container['securityContext'] ?? {}) as Fields;
    return LINUX_CONTAINER_MEMBERS.filter((member) => given[member] !== undefined).map((member) =>
      forbidden(`${at}.securityContext.${member}`, text),
    );
  });
  return [...own, ...containers];
}
