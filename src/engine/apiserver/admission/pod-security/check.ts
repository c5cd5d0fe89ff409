// What a check of a pod is, and the words that all checks use.
// Upstream: k8s.io/pod-security-admission/policy/{checks,helpers,visitor}.go (v0.33). Rule: U6.

import type { StringMap } from '../../../apimachinery/meta.ts';
import type { Container, PodSpec } from '../../../kinds/shared/pod-spec.ts';

/** A pod or a template. */
export interface Checked {
  readonly spec: PodSpec;
  readonly annotations: StringMap;
}

/** Why a pod is not allowed; the reason alone is said where many pods are looked at. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export interface Check {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** The first minor version that has the check. */
  readonly since: number;
  /** A check of the baseline that this one takes the place of. */
  readonly overrides?: string;
  readonly run: (pod: Checked, minor: number) => Violation | undefined;
}

/** What is known of a security context, of a pod or of a container. */
export interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly seccompProfile?: { readonly type?: string };
  readonly appArmorProfile?: { readonly type?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
  readonly sysctls?: readonly { readonly name: string }[];
}

export function contextOf(holder: Container | PodSpec): SecurityContext {
  return ((holder as Readonly<Record<string, unknown>>)['securityContext'] ?? {}) as SecurityContext;
}

export function containersOf({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec): readonly Container[] {
  return [...initContainers, ...containers, ...ephemeralContainers];
}

/** Names of the containers that a test finds. */
export function namesOf(spec: PodSpec, isBad: (context: SecurityContext, container: Container) => boolean): readonly string[] {
  return containersOf(spec)
    .filter((container) => isBad(contextOf(container), container))
    .map(({ name }) => name);
}

export function quote(items: readonly string[]): string {
  return items.length === 0 ? '' : `"${items.join('", "')}"`;
}

export function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}

/** `container "a"`, `containers "a", "b"`. */
export function containerWords(names: readonly string[]): string {
  return `${plural('container', names.length)} ${quote(names)}`;
}

/** `pod and containers "a", "b"`: who set something. */
export function setters(isPod: boolean, names: readonly string[]): string {
  return [...(isPod ? ['pod'] : []), ...(names.length === 0 ? [] : [containerWords(names)])].join(' and ');
}

/** Each once, in order. */
export function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}

/** The reason only when somebody did it. */
export function violationIf(names: readonly string[], reason: string, say: (words: string) => string): Violation | undefined {
  return names.length === 0 ? undefined : { reason, detail: say(containerWords(names)) };
}

export function isWindows(spec: PodSpec): boolean {
  return (spec['os'] as { readonly name?: string } | undefined)?.name === 'windows';
}
