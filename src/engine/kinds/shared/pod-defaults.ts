// Defaults of a pod spec, for pods and templates alike (O1-O4, K402).
// Upstream: pkg/apis/core/v1/defaults.go (v1.33). pkg/api/pod/util.go dropDisabledFields (v1.33).
// Omits volume sources that the simulation does not mount.

import type { Draft } from '../kind.ts';
import type { Container, PodSpec, Probe } from './pod-spec.ts';

/** Fills in what a manifest may omit. */
export function applyPodSpecDefaults(spec: Draft<PodSpec>): void {
  spec.containers ??= [];
  for (const container of [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]) {
    applyContainerDefaults(container);
  }
  for (const volume of spec.volumes ?? []) applyVolumeDefaults(volume as Record<string, unknown>);
  dropGatedFields(spec);
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= 'ClusterFirst';
  if (spec.serviceAccountName !== undefined) spec['serviceAccount'] ??= spec.serviceAccountName;
  else if (typeof spec['serviceAccount'] === 'string') spec.serviceAccountName = spec['serviceAccount'];
  spec['securityContext'] ??= {};
  spec.schedulerName ??= 'default-scheduler';
}

function applyContainerDefaults(container: Draft<Container>): void {
  container.imagePullPolicy ??= pullPolicyOf(container.image ?? '');
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const variable of container.env ?? []) applyEnvDefaults(variable as { valueFrom?: Record<string, Record<string, unknown>> });
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe !== undefined) applyProbeDefaults(probe);
  }
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) {
    if (handler?.httpGet !== undefined) applyHttpDefaults(handler.httpGet);
  }
}

/** K221: the tag decides, once, at creation. */
export function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** K402: a zero counts as unset. */
function applyProbeDefaults(probe: Draft<Probe>): void {
  if (probe.httpGet !== undefined) applyHttpDefaults(probe.httpGet);
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.initialDelaySeconds === 0) delete probe.initialDelaySeconds;
}

function applyHttpDefaults(action: { path?: string; scheme?: string }): void {
  action.path ||= '/';
  action.scheme ||= 'HTTP';
}

function applyEnvDefaults(variable: { valueFrom?: Record<string, Record<string, unknown>> }): void {
  const { fieldRef, resourceFieldRef } = variable.valueFrom ?? {};
  if (fieldRef !== undefined) fieldRef['apiVersion'] ??= 'v1';
  if (resourceFieldRef !== undefined) resourceFieldRef['divisor'] ??= '0';
}

const MODE_DEFAULT = 420;

function applyVolumeDefaults(volume: Record<string, unknown>): void {
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
  for (const source of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    const value = volume[source] as Record<string, unknown> | undefined;
    if (value !== undefined) value['defaultMode'] ??= MODE_DEFAULT;
  }
  const hostPath = volume['hostPath'] as Record<string, unknown> | undefined;
  if (hostPath !== undefined) hostPath['type'] ??= '';
  const template = (volume['ephemeral'] as { volumeClaimTemplate?: Record<string, Record<string, unknown>> } | undefined)
    ?.volumeClaimTemplate;
  if (template !== undefined) {
    template['metadata'] = { creationTimestamp: null, ...template['metadata'] };
    if (template['spec'] !== undefined) template['spec']['volumeMode'] ??= 'Filesystem';
  }
  const sources = (volume['projected'] as { sources?: Record<string, Record<string, unknown>>[] } | undefined)?.sources ?? [];
  for (const source of sources) {
    const token = source['serviceAccountToken'];
    if (token !== undefined) token['expirationSeconds'] ??= 3600;
  }
  for (const holder of [volume, ...sources]) {
    const { items = [] } = (holder['downwardAPI'] ?? {}) as { items?: Record<string, Record<string, unknown>>[] };
    for (const item of items) applyEnvDefaults({ valueFrom: item });
  }
}

/**
 * Fields whose gates are off in 1.33 vanish: amounts of the whole pod, claims of devices, image volumes with their mounts, bundles of
 * certificates, and stop signals.
 */
function dropGatedFields(spec: Draft<PodSpec>): void {
  delete spec['resources'];
  delete spec['resourceClaims'];
  const images = new Set((spec.volumes ?? []).filter(({ image }) => image !== undefined).map(({ name }) => name));
  if (images.size > 0) spec.volumes = (spec.volumes ?? []).filter(({ name }) => !images.has(name));
  for (const { projected } of spec.volumes ?? [])
    for (const source of (projected as { sources?: Record<string, unknown>[] } | undefined)?.sources ?? [])
      delete source['clusterTrustBundle'];
  for (const container of [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]) {
    delete (container.resources as Record<string, unknown> | undefined)?.['claims'];
    if (images.size > 0 && container.volumeMounts !== undefined)
      container.volumeMounts = container.volumeMounts.filter(({ name }) => !images.has(name));
    const lifecycle = container.lifecycle as Record<string, unknown> | undefined;
    if (lifecycle?.['stopSignal'] === undefined) continue;
    delete lifecycle['stopSignal'];
    if (Object.keys(lifecycle).length === 0) delete container.lifecycle;
  }
}
