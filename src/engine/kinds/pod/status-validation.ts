// Validation of what is written to the status of a pod.
// Upstream: pkg/apis/core/validation/validation.go ValidatePodStatusUpdate (v1.33). Rule: I6. Omits users and allocated devices of containers,
// whose fields are dropped or not written by anything here.

import { type FieldError, forbidden, goText, invalid } from '../../apimachinery/field-errors.ts';
import { ipProblems } from '../../apimachinery/ip.ts';
import { qualifiedNameProblems, subdomainProblems } from '../../apimachinery/names.ts';
import { eachItem, invalidFor } from '../shared/field-checks.ts';
import type { ContainerStatus, Pod } from '../shared/pod-spec.ts';
import { sidecarsOf } from '../shared/pod-state.ts';

const SYSTEM_CONDITIONS = ['PodScheduled', 'Ready', 'Initialized'];

export function validatePodStatus(pod: Pod, previous: Pod): FieldError[] {
  const { status } = pod;
  const before = previous.status;
  const { nominatedNodeName: nominated = '' } = status;
  const policy = previous.spec.restartPolicy;
  const sidecars = sidecarsOf(previous.spec).map(({ name }) => name);
  const ended = (member: StatusList, restartPolicy: string, others: readonly string[] = []): FieldError[] =>
    checkEnded(status[member] ?? [], before[member] ?? [], restartPolicy, others, `status.${member}`);
  return [
    ...eachItem(status.conditions, 'status.conditions', ({ type = '' }, at) =>
      SYSTEM_CONDITIONS.includes(type) ? [] : invalidFor(`${at}.Type`, type, qualifiedNameProblems(type)),
    ),
    ...(nominated === '' || nominated === before.nominatedNodeName
      ? []
      : invalidFor('status.nominatedNodeName', nominated, subdomainProblems(nominated))),
    ...((status.qosClass ?? '') === (before.qosClass ?? '') ? [] : [invalid('status.qosClass', status.qosClass, 'field is immutable')]),
    ...ended('containerStatuses', policy),
    ...ended('initContainerStatuses', policy, sidecars),
    ...ended('ephemeralContainerStatuses', 'Never'),
    ...checkIps(status.podIPs ?? [], before.podIPs ?? [], 'status.podIPs', 'PodIP'),
    ...checkHostIp(status.hostIP ?? '', status.hostIPs ?? []),
    ...checkIps(status.hostIPs ?? [], before.hostIPs ?? [], 'status.hostIPs', 'HostIP'),
  ];
}

type StatusList = 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses';

/** A container that has ended and is not to run again stays ended. */
function checkEnded(
  after: readonly ContainerStatus[],
  before: readonly ContainerStatus[],
  restartPolicy: string,
  others: readonly string[],
  path: string,
): FieldError[] {
  if (restartPolicy === 'Always') return [];
  return eachItem(before, path, ({ name, state }, at) => {
    const terminated = state?.terminated;
    if (terminated === undefined || others.includes(name)) return [];
    if (terminated.exitCode !== 0 && restartPolicy === 'OnFailure') return [];
    const again = after.filter((status) => status.name === name && status.state?.terminated === undefined);
    return again.map(() => forbidden(`${at}.state`, 'may not be transitioned to non-terminated state'));
  });
}

type Ips = readonly { readonly ip: string }[];

function checkHostIp(hostIp: string, all: Ips): FieldError[] {
  const first = all[0]?.ip ?? '';
  return all.length === 0 || first === hostIp ? [] : [invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`')];
}

/** Addresses, of which there is at most one of each family. */
function checkIps(all: Ips, before: Ips, path: string, type: string): FieldError[] {
  const known = before.map(({ ip }) => ip);
  const errors = eachItem(all, path, ({ ip = '' }, at) => (known.includes(ip) ? [] : invalidFor(at, ip, ipProblems(ip))));
  const sixes = all.filter(({ ip = '' }) => ip.includes(':')).length;
  if (all.length < 2 || (all.length === 2 && sixes === 1)) return errors;
  const dump = `[]core.${type}{${all.map(({ ip }) => `core.${type}{IP:${JSON.stringify(ip)}}`).join(', ')}}`;
  return [...errors, invalid(path, goText(dump), 'may specify no more than one IP for each IP family')];
}
