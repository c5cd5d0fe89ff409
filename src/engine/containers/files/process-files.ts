// What /proc says of the processes of a container: of its own command, PID 1, and of whoever looks. Rule: K934.
// Upstream: Linux Documentation/filesystems/proc.rst, containerd's default profile of AppArmor. Omits descriptors, memory maps and processes beside these.

import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { ContainerConfig } from '../container-config.ts';
import { allowsEscalation, isPrivileged, userOf } from '../container-user.ts';
import type { FileTree, FileUser, Mount } from '../../shell/index.ts';
import { capabilitiesOf, capabilityMask } from '../capabilities.ts';
import { treeOf } from './kernel-files.ts';

/** Who is told of. */
export interface ProcessPlace {
  readonly pod: Pod;
  readonly container: Container;
  readonly config: ContainerConfig;
  /** The command line of PID 1. */
  readonly words: () => readonly string[];
}

/** The mounts of /proc for processes, and for what is mounted; they are made when somebody looks. */
export function processMounts(state: ClusterState, place: ProcessPlace, mounts: readonly Mount[]): readonly Mount[] {
  const filesOf = (pid: string): Readonly<Record<string, string>> => {
    const words = pid === '1' ? place.words() : ['cat'];
    const { variables } = place.config.environment;
    return {
      '/cmdline': words.map((word) => `${word}\0`).join(''),
      '/comm': `${commandOf(words)}\n`,
      '/environ': variables.map(({ name, value }) => `${name}=${value}\0`).join(''),
      '/status': statusText(userOf(state, place.pod, place.container), place, pid, commandOf(words)),
      '/attr/current': `${profileOf(place)}\n`,
      '/cgroup': '0::/\n',
      '/mounts': mountsText(mounts),
      '/uid_map': idMap(place.pod),
      '/gid_map': idMap(place.pod),
    };
  };
  const shown = (path: string, subPath: string, make: () => FileTree): Mount => {
    let tree: FileTree | undefined;
    return {
      path,
      subPath,
      isReadOnly: true,
      get tree() {
        return (tree ??= make());
      },
    };
  };
  return [
    ...['1', 'self'].map((pid) => shown(`/proc/${pid}`, '/', () => treeOf(filesOf(pid)))),
    shown('/proc/mounts', '/mounts', () => treeOf({ '/mounts': mountsText(mounts) })),
  ];
}

function commandOf([first = '']: readonly string[]): string {
  return first.slice(first.lastIndexOf('/') + 1).slice(0, 15);
}

function statusText({ uid, gid, groups }: FileUser, { pod, container }: ProcessPlace, pid: string, name: string): string {
  const bound = capabilityMask(capabilitiesOf(container));
  const own = uid === 0 ? bound : capabilityMask(new Set());
  const number = pid === '1' ? '1' : '8';
  const isConfined =
    !isPrivileged(container) &&
    (profileType(container, 'seccompProfile') ?? profileType(pod.spec, 'seccompProfile') ?? 'Unconfined') !== 'Unconfined';
  const four = (id: number): string => [id, id, id, id].join('\t');
  return [
    `Name:\t${name}`,
    'Umask:\t0022',
    `State:\t${pid === '1' ? 'S (sleeping)' : 'R (running)'}`,
    `Tgid:\t${number}`,
    'Ngid:\t0',
    `Pid:\t${number}`,
    'PPid:\t0',
    'TracerPid:\t0',
    `Uid:\t${four(uid)}`,
    `Gid:\t${four(gid)}`,
    'FDSize:\t64',
    `Groups:\t${groups.map((group) => `${group} `).join('')}`,
    'Threads:\t1',
    'CapInh:\t0000000000000000',
    `CapPrm:\t${own}`,
    `CapEff:\t${own}`,
    `CapBnd:\t${bound}`,
    'CapAmb:\t0000000000000000',
    `NoNewPrivs:\t${allowsEscalation(container) ? 0 : 1}`,
    `Seccomp:\t${isConfined ? 2 : 0}`,
    `Seccomp_filters:\t${isConfined ? 1 : 0}`,
    '',
  ].join('\n');
}

interface Profile {
  readonly type: string;
  readonly localhostProfile?: string;
}

function profileOfContext(place: Container | Pod['spec'], name: 'seccompProfile' | 'appArmorProfile'): Profile | undefined {
  return ((place as { readonly securityContext?: Readonly<Record<string, Profile>> }).securityContext ?? {})[name];
}

function profileType(place: Container | Pod['spec'], name: 'seccompProfile' | 'appArmorProfile'): string | undefined {
  return profileOfContext(place, name)?.type;
}

/** The runtime confines what is not privileged and says nothing else. */
function profileOf({ pod, container }: ProcessPlace): string {
  const profile = profileOfContext(container, 'appArmorProfile') ?? profileOfContext(pod.spec, 'appArmorProfile');
  if (profile?.type === 'Unconfined' || (profile === undefined && isPrivileged(container))) return 'unconfined';
  return `${profile?.type === 'Localhost' ? (profile.localhostProfile ?? '') : 'cri-containerd.apparmor.d'} (enforce)`;
}

/** A pod with users of its own has the first range that a kubelet gives. */
function idMap(pod: Pod): string {
  const [inside, outside, length] = pod.spec['hostUsers'] === false ? [0, 65_536, 65_536] : [0, 0, 4_294_967_295];
  return `${[inside, outside, length].map((value) => String(value).padStart(10)).join(' ')}\n`;
}

const BASE_MOUNTS = [
  'overlay / overlay rw,relatime 0 0',
  'proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0',
  'tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0',
  'devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666 0 0',
  'sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0',
  'cgroup /sys/fs/cgroup cgroup2 ro,nosuid,nodev,noexec,relatime 0 0',
];

function mountsText(mounts: readonly Mount[]): string {
  const lines = mounts.map(({ path, isReadOnly, isMemory }) => {
    const access = isReadOnly ? 'ro' : 'rw';
    return isMemory === true ? `tmpfs ${path} tmpfs ${access},relatime 0 0` : `/dev/vda1 ${path} ext4 ${access},relatime 0 0`;
  });
  return [...BASE_MOUNTS, ...lines, ''].join('\n');
}
