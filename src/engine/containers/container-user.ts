// Whose rights the processes of a container have. Upstream: pkg/securitycontext/util.go (DetermineEffectiveSecurityContext),
// pkg/kubelet/kuberuntime/security_context.go (verifyRunAsNonRoot), pkg/volume/util/util.go (FsUserFrom) (v1.33). Rules: K910, K917. Omits capabilities.

import type { Container, Pod } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import { podLabel } from './container-lists.ts';
import { catalogueEntry, isKnownImage } from './images/catalogue.ts';
import { givenBehavior } from './behaviors/given-behavior.ts';
import type { FileUser } from '../shell/state.ts';

interface UserFields {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly readOnlyRootFilesystem?: boolean;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
}

/** The users that every image has, with their first groups. */
const PRIMARY_GROUPS: ReadonlyMap<number, number> = new Map([[65_534, 65_534]]);

/** K910: the container's own fields win over those of the pod; a user without a group has that of the image's /etc/passwd, else root's. */
export function userOf(state: ClusterState, pod: Pod, container: Container): FileUser {
  const own = fieldsOf(container);
  const shared = fieldsOf(pod.spec);
  const image = imageUserOf(state, pod, container);
  const wanted = own.runAsUser ?? shared.runAsUser;
  const uid = wanted ?? image.uid;
  const gid = own.runAsGroup ?? shared.runAsGroup ?? (wanted === undefined ? image.gid : (PRIMARY_GROUPS.get(uid) ?? 0));
  const more = [...(shared.fsGroup === undefined ? [] : [shared.fsGroup]), ...(shared.supplementalGroups ?? [])];
  return { uid, gid, groups: [...new Set([gid, ...more])].sort((a, b) => a - b) };
}

/** Who an image of which nothing is known runs as, where it must not be root; many images of today have this user. */
const NOT_ROOT = { name: '', uid: 65_532, gid: 65_532 };
/** The number of a user who has only a name. */
const NAMED = 1_000;

/** K917: the user that an image says. One of an image of which nothing is known is allowed to run. */
export function imageUserOf(
  state: ClusterState,
  pod: Pod,
  container: Container,
): { readonly name: string; readonly uid: number; readonly gid: number } {
  const given = givenBehavior(state, pod, container)?.user ?? null;
  if (given !== null) {
    const [user = '', group = ''] = given.split(':');
    const isNumber = /^\d+$/.test(user);
    const uid = isNumber ? Number(user) : user === 'root' ? 0 : NAMED;
    const gid = /^\d+$/.test(group) ? Number(group) : (PRIMARY_GROUPS.get(uid) ?? (isNumber ? 0 : uid));
    return { name: isNumber ? '' : user, uid, gid };
  }
  return !isKnownImage(container.image) && mustNotBeRoot(pod, container) ? NOT_ROOT : catalogueEntry(container.image).user;
}

function mustNotBeRoot(pod: Pod, container: Container): boolean {
  return fieldsOf(container).runAsNonRoot ?? fieldsOf(pod.spec).runAsNonRoot ?? false;
}

/** K917: why the kubelet does not create a container that must not run as root, or null. */
export function userError(state: ClusterState, pod: Pod, container: Container): string | null {
  if (!mustNotBeRoot(pod, container)) return null;
  const wanted = fieldsOf(container).runAsUser ?? fieldsOf(pod.spec).runAsUser;
  const { name, uid } = imageUserOf(state, pod, container);
  const place = `(pod: "${podLabel(pod)}", container: ${container.name})`;
  if (wanted !== undefined) return wanted === 0 ? `container's runAsUser breaks non-root policy ${place}` : null;
  if (name !== '') return `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root ${place}`;
  return uid === 0 ? `container has runAsNonRoot and image will run as root ${place}` : null;
}

/** The group that the pod's volumes are given to. */
export function volumeGroupOf(pod: Pod): number | undefined {
  return fieldsOf(pod.spec).fsGroup;
}

/** The user that all containers of the pod run as, when the manifest gives one; tokens are given to it. */
export function volumeUserOf(pod: Pod): number | undefined {
  const shared = fieldsOf(pod.spec).runAsUser;
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const users = new Set(containers.map((container) => fieldsOf(container).runAsUser ?? shared));
  const [user] = users;
  return users.size === 1 ? user : undefined;
}

export function isPrivileged(container: Container): boolean {
  return fieldsOf(container).privileged === true;
}

/** Whether a program may get more rights than the one that starts it: the kernel is told of no_new_privs otherwise. */
export function allowsEscalation(container: Container): boolean {
  return fieldsOf(container).allowPrivilegeEscalation !== false;
}

export function isRootReadOnly(container: Container): boolean {
  return fieldsOf(container).readOnlyRootFilesystem === true;
}

function fieldsOf(place: Container | Pod['spec']): UserFields {
  return ((place as { readonly securityContext?: unknown }).securityContext ?? {}) as UserFields;
}
