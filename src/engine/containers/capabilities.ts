// What the kernel lets a container do beside what its user may: Linux capabilities, as the runtime leaves them and the manifest adds and drops them.
// Upstream: containerd pkg/oci, defaultUnixCaps; Linux include/uapi/linux/capability.h. Rule: K934.

import type { Container } from '../kinds/pod/types.ts';

/** By their numbers. */
const NAMES = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK ' +
  'IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE ' +
  'AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ');

/** What containerd leaves to root. */
const DEFAULTS =
  'CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP'.split(' ');

interface Wanted {
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly privileged?: boolean;
}

/** The capabilities that a container is bounded by; its root has all of them, other users none. */
export function capabilitiesOf({ securityContext }: Container): ReadonlySet<string> {
  const { capabilities = {}, privileged } = (securityContext ?? {}) as Wanted;
  if (privileged === true) return new Set(NAMES);
  const names = (given: readonly string[] = []): readonly string[] => given.map((text) => text.toUpperCase().replace(/^CAP_/, ''));
  const [added, dropped] = [names(capabilities.add), names(capabilities.drop)];
  const start = added.includes('ALL') ? NAMES : dropped.includes('ALL') ? [] : DEFAULTS;
  const kept = start.filter((name) => !dropped.includes(name));
  return new Set([...kept, ...added.filter((name) => NAMES.includes(name))]);
}

/** `00000000a80425fb`, as /proc/<pid>/status has it. */
export function capabilityMask(names: ReadonlySet<string>): string {
  const bits = NAMES.reduce((mask, name, index) => (names.has(name) ? mask | (1n << BigInt(index)) : mask), 0n);
  return bits.toString(16).padStart(16, '0');
}
