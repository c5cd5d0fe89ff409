// The checks of the level baseline: what would let a pod out of its container.
// Upstream: k8s.io/pod-security-admission/policy/check_*.go (v0.33). Rule: U6.

import {
  type Check,
  type Checked,
  containersOf,
  contextOf,
  distinct,
  namesOf,
  plural,
  quote,
  type SecurityContext,
  setters,
  type Violation,
  violationIf,
} from './check.ts';

const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const PROFILES = ['RuntimeDefault', 'Localhost'];
/** Since then profiles are fields. */
const SECCOMP_FIELD_MINOR = 19;
const CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];
/** Sysctls that are safe, by the version that added them. */
const SYSCTLS: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
};
const SELINUX_TYPES: Readonly<Record<string, number>> = {
  '': 0,
  container_t: 0,
  container_init_t: 0,
  container_kvm_t: 0,
  container_engine_t: 31,
};

/** In the order of their ids. */
export const BASELINE_CHECKS: readonly Check[] = [
  { id: 'appArmorProfile', level: 'baseline', since: 0, run: checkAppArmor },
  { id: 'capabilities_baseline', level: 'baseline', since: 0, run: checkCapabilities },
  { id: 'hostNamespaces', level: 'baseline', since: 0, run: checkHostNamespaces },
  { id: 'hostPathVolumes', level: 'baseline', since: 0, run: checkHostPaths },
  { id: 'hostPorts', level: 'baseline', since: 0, run: checkHostPorts },
  { id: 'privileged', level: 'baseline', since: 0, run: checkPrivileged },
  { id: 'procMount', level: 'baseline', since: 0, run: checkProcMount },
  { id: 'seLinuxOptions', level: 'baseline', since: 0, run: checkSeLinux },
  { id: 'seccompProfile_baseline', level: 'baseline', since: 0, run: checkSeccomp },
  { id: 'sysctls', level: 'baseline', since: 0, run: checkSysctls },
  { id: 'windowsHostProcess', level: 'baseline', since: 0, run: checkHostProcess },
];

function checkAppArmor({ spec, annotations }: Checked): Violation | undefined {
  const isBad = ({ appArmorProfile }: SecurityContext): boolean =>
    appArmorProfile !== undefined && !PROFILES.includes(appArmorProfile.type ?? '');
  const names = namesOf(spec, isBad);
  const isPod = isBad(contextOf(spec));
  const types = [spec, ...containersOf(spec)]
    .map(contextOf)
    .filter(isBad)
    .map(({ appArmorProfile }) => appArmorProfile?.type ?? '');
  const notes = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APPARMOR) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const who = [setters(isPod, names), notes.length === 0 ? '' : plural('annotation', notes.length)].filter((text) => text !== '');
  if (who.length === 0) return undefined;
  const values = [...distinct(types), ...notes];
  const reason = plural('forbidden AppArmor profile', values.length);
  return { reason, detail: `${who.join(' and ')} must not set AppArmor profile type to ${quote(values)}` };
}

function checkCapabilities({ spec }: Checked): Violation | undefined {
  const extra = ({ capabilities }: SecurityContext): readonly string[] =>
    (capabilities?.add ?? []).filter((name) => !CAPABILITIES.includes(name));
  const names = namesOf(spec, (context) => extra(context).length > 0);
  const added = distinct(containersOf(spec).flatMap((container) => extra(contextOf(container))));
  return violationIf(
    names,
    'non-default capabilities',
    (words) => `${words} must not include ${quote(added)} in securityContext.capabilities.add`,
  );
}

function checkHostNamespaces({ spec }: Checked): Violation | undefined {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((member) => spec[member] === true).map((member) => `${member}=true`);
  return shared.length === 0 ? undefined : { reason: 'host namespaces', detail: shared.join(', ') };
}

function checkHostPaths({ spec }: Checked): Violation | undefined {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
  return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: `${plural('volume', names.length)} ${quote(names)}` };
}

function checkHostPorts({ spec }: Checked): Violation | undefined {
  const ports = containersOf(spec).map(({ name, ports: own = [] }) => ({ name, taken: own.filter(({ hostPort = 0 }) => hostPort !== 0) }));
  const names = ports.filter(({ taken }) => taken.length > 0).map(({ name }) => name);
  const numbers = distinct(ports.flatMap(({ taken }) => taken.map(({ hostPort }) => String(hostPort))));
  const verb = names.length === 1 ? 'uses' : 'use';
  return violationIf(names, 'hostPort', (words) => `${words} ${verb} ${plural('hostPort', numbers.length)} ${numbers.join(', ')}`);
}

function checkPrivileged({ spec }: Checked): Violation | undefined {
  const names = namesOf(spec, ({ privileged }) => privileged === true);
  return violationIf(names, 'privileged', (words) => `${words} must not set securityContext.privileged=true`);
}

function checkProcMount({ spec }: Checked): Violation | undefined {
  const isBad = ({ procMount = 'Default' }: SecurityContext): boolean => procMount !== 'Default';
  const names = namesOf(spec, isBad);
  const mounts = distinct(
    containersOf(spec)
      .map(contextOf)
      .filter(isBad)
      .map(({ procMount = '' }) => procMount),
  );
  return violationIf(names, 'procMount', (words) => `${words} must not set securityContext.procMount to ${quote(mounts)}`);
}

function checkSeLinux({ spec }: Checked, minor: number): Violation | undefined {
  const isBadType = (type = ''): boolean =>
    (SELINUX_TYPES[type] ?? Number.POSITIVE_INFINITY) > minor || !Object.hasOwn(SELINUX_TYPES, type);
  const isBad = ({ seLinuxOptions: given }: SecurityContext): boolean =>
    given !== undefined && (isBadType(given.type) || (given.user ?? '') !== '' || (given.role ?? '') !== '');
  const names = namesOf(spec, isBad);
  const isPod = isBad(contextOf(spec));
  if (names.length === 0 && !isPod) return undefined;
  const all = [spec, ...containersOf(spec)].map((holder) => contextOf(holder).seLinuxOptions ?? {});
  const types = distinct(all.map(({ type = '' }) => type).filter(isBadType));
  const data = [
    ...(types.length === 0 ? [] : [`${plural('type', types.length)} ${quote(types)}`]),
    ...(all.some(({ user = '' }) => user !== '') ? ['user may not be set'] : []),
    ...(all.some(({ role = '' }) => role !== '') ? ['role may not be set'] : []),
  ];
  return { reason: 'seLinuxOptions', detail: `${setters(isPod, names)} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}` };
}

function checkSeccomp(pod: Checked, minor: number): Violation | undefined {
  return minor < SECCOMP_FIELD_MINOR ? checkSeccompAnnotations(pod) : checkSeccompFields(pod);
}

function checkSeccompAnnotations({ spec, annotations }: Checked): Violation | undefined {
  const keys = [SECCOMP_POD, ...containersOf(spec).map(({ name }) => SECCOMP_CONTAINER + name)];
  const bad = keys.flatMap((key) => {
    const value = annotations[key];
    const isAllowed = value === undefined || value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
    return isAllowed ? [] : [`${key}=${JSON.stringify(value)}`];
  });
  const all = distinct(bad);
  return all.length === 0
    ? undefined
    : { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', all.length)} ${all.join(', ')}` };
}

/** Profiles that say something that is not allowed. */
export function checkSeccompFields({ spec }: Checked): Violation | undefined {
  const isBad = ({ seccompProfile }: SecurityContext): boolean =>
    seccompProfile !== undefined && !PROFILES.includes(seccompProfile.type ?? '');
  const names = namesOf(spec, isBad);
  const isPod = isBad(contextOf(spec));
  if (names.length === 0 && !isPod) return undefined;
  const types = distinct(
    [spec, ...containersOf(spec)]
      .map(contextOf)
      .filter(isBad)
      .map(({ seccompProfile }) => seccompProfile?.type ?? ''),
  );
  return {
    reason: 'seccompProfile',
    detail: `${setters(isPod, names)} must not set securityContext.seccompProfile.type to ${quote(types)}`,
  };
}

function checkSysctls({ spec }: Checked, minor: number): Violation | undefined {
  const isSafe = (name: string): boolean => Object.hasOwn(SYSCTLS, name) && (SYSCTLS[name] ?? 0) <= minor;
  const names = (contextOf(spec).sysctls ?? []).map(({ name }) => name).filter((name) => !isSafe(name));
  return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') };
}

function checkHostProcess({ spec }: Checked): Violation | undefined {
  const isBad = ({ windowsOptions }: SecurityContext): boolean => windowsOptions?.hostProcess === true;
  const who = setters(isBad(contextOf(spec)), namesOf(spec, isBad));
  return who === '' ? undefined : { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` };
}
