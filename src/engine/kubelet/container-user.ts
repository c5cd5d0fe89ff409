// Whose rights the processes of a container have. Upstream: pkg/securitycontext/util.go (DetermineEffectiveSecurityContext),
// pkg/kubelet/kuberuntime/security_context.go, pkg/volume/util/util.go (FsUserFrom) (v1.33). Rule: K910. Images run as root, because what
// they say of their user is not known; omits capabilities.

import type { Container, Pod } from '../kinds/pod/types.ts';
import type { FileUser } from './runtime/shell/state.ts';

interface UserFields {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly readOnlyRootFilesystem?: boolean;
}

/** The users that every image has, with their first groups. */
const PRIMARY_GROUPS: ReadonlyMap<number, number> = new Map([[65_534, 65_534]]);

/** K910: the container's own fields win over those of the pod; a user without a group has that of the image's /etc/passwd, else root's. */
export function userOf(pod: Pod, container: Container): FileUser {
  const own = fieldsOf(container);
  const shared = fieldsOf(pod.spec);
  const uid = own.runAsUser ?? shared.runAsUser ?? 0;
  const gid = own.runAsGroup ?? shared.runAsGroup ?? PRIMARY_GROUPS.get(uid) ?? 0;
  const more = [...(shared.fsGroup === undefined ? [] : [shared.fsGroup]), ...(shared.supplementalGroups ?? [])];
  return { uid, gid, groups: [...new Set([gid, ...more])].sort((a, b) => a - b) };
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

export function isRootReadOnly(container: Container): boolean {
  return fieldsOf(container).readOnlyRootFilesystem === true;
}

function fieldsOf(place: Container | Pod['spec']): UserFields {
  return ((place as { readonly securityContext?: unknown }).securityContext ?? {}) as UserFields;
}
