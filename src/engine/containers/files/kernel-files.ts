// What the kernel shows a container of its node and of its limits: files of /proc and of its control group. Rule: K928.
// Upstream: pkg/kubelet/cm/helpers_linux.go (v1.33), runc libcontainer/cgroups/fs2, Linux Documentation/filesystems/proc.rst, cgroup-v2.rst.
// Processes are in process-files.ts.

import { memoize } from '../../apimachinery/memoize.ts';
import { quantityToMilli } from '../../apimachinery/quantity.ts';
import { getObject } from '../../apiserver/api.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Container } from '../../kinds/pod/types.ts';
import { type FileTree, type Mount, putFile } from '../../shell/index.ts';

const PERIOD_US = 100_000;
const KERNEL = '6.1.0';

interface Machine {
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Of the container; 0 for none. */
  readonly memoryMaxBytes: number;
  readonly cpuMaxMillis: number;
  readonly cpuMillis: number;
}

/** The mounts that the runtime makes for the kernel's files, the same for the same node and limits. */
export function kernelMounts(state: ClusterState, node: string, container: Container): readonly Mount[] {
  const capacity = getObject(state, nodeKind, undefined, node)?.status.capacity ?? {};
  const { limits = {}, requests = {} } = (container.resources ?? {}) as { readonly limits?: Amounts; readonly requests?: Amounts };
  const machine: Machine = {
    cpus: Math.max(1, Math.floor(quantityToMilli(capacity['cpu']) / 1000)),
    memoryBytes: Math.floor(quantityToMilli(capacity['memory']) / 1000),
    memoryMaxBytes: Math.floor(quantityToMilli(limits['memory']) / 1000),
    cpuMaxMillis: quantityToMilli(limits['cpu']),
    cpuMillis: quantityToMilli(requests['cpu'] ?? limits['cpu']),
  };
  return mountsOf(JSON.stringify(machine));
}

type Amounts = Readonly<Record<string, string>>;

const mountsOf = memoize((text: string): readonly Mount[] => {
  const machine = JSON.parse(text) as Machine;
  return [
    { path: '/proc', tree: treeOf(processFiles(machine)), subPath: '/', isReadOnly: true },
    { path: '/sys/fs/cgroup', tree: treeOf(controlFiles(machine)), subPath: '/', isReadOnly: true },
  ];
});

/** Files that can only be read. */
export function treeOf(files: Readonly<Record<string, string>>): FileTree {
  const tree: FileTree = { '/': { kind: 'directory', text: '', mode: 0o555, modifiedMs: 0 } };
  for (const [path, text] of Object.entries(files)) putFile(tree, path, text, 0o444, 0);
  return tree;
}

function processFiles({ cpus, memoryBytes }: Machine): Readonly<Record<string, string>> {
  const kilobytes = Math.floor(memoryBytes / 1024);
  const amount = (name: string, value: number): string => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`;
  const processors = Array.from(
    { length: cpus },
    (_, index) =>
      `processor\t: ${index}\nvendor_id\t: GenuineIntel\nmodel name\t: Simulated CPU\ncpu MHz\t\t: 2000.000\ncache size\t: 32768 KB\ncpu cores\t: ${cpus}\nflags\t\t: fpu sse sse2\n\n`,
  );
  return {
    '/version': `Linux version ${KERNEL} (root@build) (gcc version 12.2.0) #1 SMP\n`,
    '/cpuinfo': processors.join(''),
    '/meminfo': [
      amount('MemTotal', kilobytes),
      amount('MemFree', Math.floor(kilobytes * 0.75)),
      amount('MemAvailable', Math.floor(kilobytes * 0.875)),
      amount('Buffers', 0),
      amount('Cached', Math.floor(kilobytes * 0.125)),
      amount('SwapTotal', 0),
      amount('SwapFree', 0),
    ].join(''),
    '/loadavg': '0.00 0.00 0.00 1/100 1\n',
    '/uptime': '86400.00 345600.00\n',
    '/stat': `cpu  0 0 0 0 0 0 0 0 0 0\n${Array.from({ length: cpus }, (_, index) => `cpu${index} 0 0 0 0 0 0 0 0 0 0\n`).join('')}`,
    '/filesystems': 'nodev\tproc\nnodev\ttmpfs\nnodev\toverlay\n\text4\n',
  };
}

function controlFiles({ cpus, memoryMaxBytes, cpuMaxMillis, cpuMillis }: Machine): Readonly<Record<string, string>> {
  const shares = cpuMillis === 0 ? 2 : Math.max(2, Math.floor((cpuMillis * 1024) / 1000));
  return {
    '/cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma misc\n',
    '/cgroup.procs': '1\n',
    '/cpu.max': `${cpuMaxMillis === 0 ? 'max' : Math.max(1_000, (cpuMaxMillis * PERIOD_US) / 1000)} ${PERIOD_US}\n`,
    '/cpu.weight': `${1 + Math.floor(((shares - 2) * 9_999) / 262_142)}\n`,
    '/cpuset.cpus.effective': `${cpus === 1 ? '0' : `0-${cpus - 1}`}\n`,
    '/memory.max': `${memoryMaxBytes === 0 ? 'max' : Math.floor(memoryMaxBytes / 4096) * 4096}\n`,
    '/memory.high': 'max\n',
    '/memory.min': '0\n',
    '/memory.swap.max': memoryMaxBytes === 0 ? 'max\n' : '0\n',
    '/pids.max': 'max\n',
  };
}
