// Validation of the annotations of pods and templates that mean something, and of those that say what a field says.
// Upstream: pkg/apis/core/validation/validation.go ValidatePodSpecificAnnotations, validateSeccompAnnotationsAndFields,
// validateAppArmorAnnotationsAndFieldsMatchOnCreate (v1.33). Rule: P4. The annotation of tolerations, which nothing reads, is not looked at.

import { type FieldError, forbidden, invalid } from '../../apimachinery/field-errors.ts';
import type { StringMap } from '../../apimachinery/meta.ts';
import { checkDescendingPath, type Fields } from './field-checks.ts';
import type { PodSpec } from './pod-spec.ts';
import { containersOf } from './windows-validation.ts';

export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
export const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
export const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
export const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const INT32_MAX = 2_147_483_647;

export function validatePodAnnotations(annotations: StringMap | undefined, spec: PodSpec | undefined, path: string): FieldError[] {
  const all = Object.entries(annotations ?? {});
  const mirror = annotations?.[MIRROR_ANNOTATION];
  const isUnbound = (spec?.nodeName ?? '') === '';
  const cost = annotations?.[DELETION_COST];
  const names = spec === undefined ? [] : containersOf(spec, '').map(({ container }) => container.name);
  return [
    ...(mirror !== undefined && isUnbound
      ? [invalid(`${path}[${MIRROR_ANNOTATION}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set')]
      : []),
    ...(cost === undefined || isCost(cost) ? [] : [invalid(`${path}[${DELETION_COST}]`, cost, 'must be a 32bit integer')]),
    ...all.filter(([key]) => key === SECCOMP_POD).flatMap(([key, value]) => checkSeccomp(`${path}.${key}`, value)),
    ...all.filter(([key]) => key.startsWith(SECCOMP_CONTAINER)).flatMap(([key, value]) => checkSeccomp(`${path}.${key}`, value)),
    ...all.filter(([key]) => key.startsWith(APPARMOR)).flatMap(([key, value]) => checkAppArmor(`${path}[${key}]`, key, value, names)),
  ];
}

/** A number of 32 bits that begins with no plus and no zero. */
function isCost(text: string): boolean {
  if (!/^(?:0|[1-9][0-9]*|-[0-9]+)$/.test(text)) return false;
  return Number(text) <= INT32_MAX && Number(text) >= -INT32_MAX - 1;
}

function checkSeccomp(field: string, value: string): FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(value)) return [];
  if (value.startsWith('localhost/')) return checkDescendingPath(field, value.slice('localhost/'.length));
  return [invalid(field, value, 'must be a valid seccomp profile')];
}

function checkAppArmor(field: string, key: string, value: string, names: readonly string[]): FieldError[] {
  const name = key.slice(APPARMOR.length);
  const isProfile = ['', 'runtime/default', 'unconfined'].includes(value) || value.startsWith('localhost/');
  return [
    ...(names.includes(name) ? [] : [invalid(field, name, 'container not found')]),
    ...(isProfile ? [] : [invalid(field, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`)]),
  ];
}

interface Profile {
  readonly type?: string;
  readonly localhostProfile?: string;
}

/** Annotations that say something else than the fields that took their place. */
export function validateProfileAnnotations(annotations: StringMap | undefined, spec: PodSpec, path: string): FieldError[] {
  const own = (spec['securityContext'] ?? {}) as Readonly<Record<string, Profile | undefined>>;
  const isWindows = (spec['os'] as { readonly name?: string } | undefined)?.name === 'windows';
  const containers = containersOf(spec, path);
  return [
    ...compare(annotations?.[SECCOMP_POD], own['seccompProfile'], 'seccomp', `${path}.securityContext.seccompProfile`),
    ...containers.flatMap(({ container, at }) => {
      const profile = (container['securityContext'] as Fields | undefined)?.['seccompProfile'] as Profile | undefined;
      return compare(annotations?.[SECCOMP_CONTAINER + container.name], profile, 'seccomp', `${at}.securityContext.seccompProfile`);
    }),
    ...(isWindows ? [] : containers).flatMap(({ container, at }) => {
      const profile = (container['securityContext'] as Fields | undefined)?.['appArmorProfile'] as Profile | undefined;
      const annotation = annotations?.[APPARMOR + container.name];
      return compare(annotation, profile ?? own['appArmorProfile'], 'apparmor', `${at}.securityContext.appArmorProfile`);
    }),
  ];
}

function compare(annotation: string | undefined, profile: Profile | undefined, word: 'seccomp' | 'apparmor', at: string): FieldError[] {
  if (annotation === undefined || profile === undefined) return [];
  const differs = [forbidden(`${at}.type`, `${word} type in annotation and field must match`)];
  switch (profile.type) {
    case 'Unconfined':
      return annotation === 'unconfined' ? [] : differs;
    case 'RuntimeDefault':
      return annotation === 'runtime/default' || (word === 'seccomp' && annotation === 'docker/default') ? [] : differs;
    case 'Localhost':
      if (!annotation.startsWith('localhost/')) return differs;
      return annotation.slice('localhost/'.length) === profile.localhostProfile
        ? []
        : [forbidden(`${at}.localhostProfile`, `${word} profile in annotation and field must match`)];
    default:
      return [];
  }
}
