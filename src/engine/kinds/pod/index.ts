// The kind Pod. Upstream: pkg/registry/core/pod/strategy.go (v1.33). Rules: F6, K501, K503, L4, I6, W7, C734, K103.

import type { Kind } from '../kind.ts';
import type { Pod } from '../shared/pod-spec.ts';
import { volumeSourceTerms } from '../shared/pod-sources.ts';
import { POD_COLUMNS, podCells, podRowConditions } from './columns.ts';
import { addTolerations, applyPodDefaults, preparePod } from './defaults.ts';
import { validatePod, validatePodUpdate, warnAboutPod } from './validation.ts';
import { isPodPhaseTerminal, isPodTerminal } from '../shared/pod-state.ts';

export const podKind: Kind<Pod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schema: 'core.v1.Pod',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  returnsDeletedObject: true,
  subresources: {
    binding: { verbs: ['create'], kind: 'Binding' },
    ephemeralcontainers: { verbs: ['get', 'patch', 'update'], kind: 'Pod' },
    log: { verbs: ['get'], kind: 'Pod' },
    resize: { verbs: ['get', 'patch', 'update'], kind: 'Pod' },
    exec: { verbs: ['create', 'get'], kind: 'PodExecOptions' },
    attach: { verbs: ['create', 'get'], kind: 'PodAttachOptions' },
    portforward: { verbs: ['create', 'get'], kind: 'PodPortForwardOptions' },
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'PodProxyOptions' },
    eviction: { verbs: ['create'], kind: 'Eviction', group: 'policy', version: 'v1', olderVersions: ['v1beta1'] },
  },
  applyDefaults: applyPodDefaults,
  prepareForCreate: preparePod,
  prepareForUpdate(draft, previous, subresource) {
    addTolerations(draft.spec);
    // I6: the main resource keeps the status, `/status` keeps the spec.
    if (subresource === 'status') draft.spec = previous.spec as typeof draft.spec;
    else draft.status = previous.status as typeof draft.status;
  },
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  warnings: warnAboutPod,
  deletionGraceSeconds(pod, requested) {
    // K501: unbound and finished pods go at once.
    const isBound = (pod.spec.nodeName ?? '') !== '';
    if (!isBound || isPodTerminal(pod)) return 0;
    const own = pod.spec.terminationGracePeriodSeconds ?? 30;
    return requested ?? (own < 0 ? 1 : own);
  },
  selectableFields: (pod) => ({
    'spec.nodeName': pod.spec.nodeName ?? '',
    'spec.restartPolicy': pod.spec.restartPolicy,
    'spec.schedulerName': pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': String(pod.spec.hostNetwork ?? false),
    'status.phase': pod.status.phase,
    'status.podIP': pod.status.podIP ?? '',
    'status.nominatedNodeName': pod.status.nominatedNodeName ?? '',
  }),
  hasLabelTerms: true,
  indexTerms(pod) {
    const namespace = pod.metadata.namespace ?? '';
    const labels = Object.entries(pod.metadata.labels ?? {}).flatMap(([key, value]) => [
      `label:${namespace}/${key}=${value}`,
      `labelkey:${namespace}/${key}`,
    ]);
    const { phase } = pod.status;
    const isFinished = isPodPhaseTerminal(phase);
    const nodeName = pod.spec.nodeName ?? '';
    return nodeName === '' && isFinished
      ? labels
      : [`node:${nodeName}`, ...volumeSourceTerms(pod.spec, namespace, pod.metadata.name), ...labels];
  },
  columns: POD_COLUMNS,
  cells: podCells,
  rowConditions: podRowConditions,
};
