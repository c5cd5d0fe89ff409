// Pods that have a node and do not run yet: images, configuration, volumes, init containers.
// Upstream: pkg/kubelet/images/image_manager.go, kuberuntime/kuberuntime_container.go, volumemanager (v1.33).

import { getObject } from '../../apiserver/api.ts';
import { isDeleting } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { configMapKind } from '../../kinds/configmap/index.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod, Volume } from '../../kinds/pod/types.ts';
import { secretKind } from '../../kinds/secret/index.ts';
import { claimNameOf } from '../../kinds/shared/pod-sources.ts';
import { isSidecar } from '../../kubelet/containers.ts';
import { isSilent, podWorkers } from '../../kubelet/model.ts';
import { missingSources } from './config-sources.ts';
import { called, type Seen, seenContainers, specField, statusField } from './containers.ts';
import { newestEvent, toEvent } from './events.ts';
import { type Finding, NOTHING, page, quoted, type Reference, refer } from './finding.ts';

const IMAGES = 'concepts/containers/images/';

/** Why containers of a placed pod wait. */
export function explainStartup(state: ClusterState, pod: Pod): readonly Finding[] {
  const { nodeName = '' } = pod.spec;
  if (nodeName === '' || isDeleting(pod) || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') return NOTHING;
  const seen = seenContainers(pod);
  const waiting = seen.flatMap((item) => explainWaiting(state, pod, item));
  const volumes = explainVolumes(state, pod);
  const init = explainInit(pod, seen);
  const found = [...waiting, ...volumes, ...init];
  const hasFailed = seen.some(({ status }) => status.restartCount > 0 || (status.state.terminated?.exitCode ?? 0) !== 0);
  return found.length > 0 || hasFailed || pod.status.phase !== 'Pending' ? found : explainPending(state, pod, nodeName);
}

/** A container that waits for something of its own. */
function explainWaiting(state: ClusterState, pod: Pod, seen: Seen): readonly Finding[] {
  const { container, status, list } = seen;
  const { reason = '', message } = status.state.waiting ?? {};
  const because = [refer(podKind, pod, statusField(list, container.name, 'state.waiting'), `${reason}: ${quoted(message)}`)];
  const image = refer(podKind, pod, specField(list, container.name, 'image'), container.image);
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      return [pullFailed(state, pod, seen, [...because, image])];
    case 'ErrImageNeverPull':
      return [
        {
          code: 'image-never-pulled',
          sentence: `The ${called(seen)} waits for the image ${container.image}, which is not on ${pod.spec.nodeName}, and its pull policy is Never.`,
          because: [...because, refer(podKind, pod, specField(list, container.name, 'imagePullPolicy'), container.imagePullPolicy)],
          wouldChange: 'Use the pull policy IfNotPresent, or bring the image onto the node.',
          documentation: page(`${IMAGES}#image-pull-policy`),
        },
      ];
    case 'InvalidImageName':
      return [
        {
          code: 'image-name-invalid',
          sentence: `The ${called(seen)} cannot start: ${JSON.stringify(container.image)} is not the name of an image.`,
          because: [...because, image],
          wouldChange: 'Correct the name of the image.',
          documentation: page(`${IMAGES}#image-names`),
        },
      ];
    case 'CreateContainerConfigError':
      return [configMissing(state, pod, seen, message, because)];
    case 'CreateContainerError':
    case 'RunContainerError':
      return [
        {
          code: 'container-not-created',
          sentence: `The ${called(seen)} cannot be started on ${pod.spec.nodeName}: ${quoted(message)}.`,
          because,
          wouldChange: 'Correct its command or its settings; an image that lacks the program cannot run it.',
          documentation: page('tasks/debug/debug-application/debug-pods/'),
        },
      ];
    default:
      return NOTHING;
  }
}

function pullFailed(state: ClusterState, pod: Pod, seen: Seen, because: readonly Reference[]): Finding {
  const { image } = seen.container;
  const { waiting } = seen.status.state;
  const backoff = podWorkers.get(state, pod.metadata.uid)?.imageBackoffs[image];
  const why = quoted(backoff?.message ?? waiting?.message);
  const next = backoff === undefined ? '' : ` The next attempt is not before ${formatTime(backoff.lastUpdateMs + backoff.valueMs)}.`;
  return {
    code: waiting?.reason === 'ImagePullBackOff' ? 'image-pull-back-off' : 'image-pull-failed',
    sentence: `The ${called(seen)} waits for the image ${image}, whose pull failed: ${why}.${next}`,
    because: [
      ...because,
      ...toEvent(newestEvent(state, pod, ['Failed'], ({ message = '' }) => message.startsWith(`Failed to pull image "${image}"`))),
    ],
    wouldChange:
      'Correct the name of the image, give the pod a pull secret, or let the registry be reachable again; each is tried with the next attempt.',
    documentation: page(`${IMAGES}#imagepullbackoff`),
  };
}

function configMissing(state: ClusterState, pod: Pod, seen: Seen, message: string | undefined, because: readonly Reference[]): Finding {
  const missing = missingSources(state, pod, seen.container);
  const [first] = missing;
  return {
    code: first === undefined ? 'container-config' : first.isKey ? 'config-key-missing' : 'config-missing',
    sentence: `The ${called(seen)} cannot be created: ${quoted(message)}.`,
    because: [...because, ...missing.map(({ reference }) => reference)],
    wouldChange:
      first === undefined
        ? 'Correct what the container asks for.'
        : `${first.isKey ? `Add the key to ${first.text}` : `Create ${first.text}`}, or mark the reference as optional; the kubelet looks again by itself.`,
    documentation: page(first?.reference.resource === 'secrets' ? 'concepts/configuration/secret/' : 'concepts/configuration/configmap/'),
  };
}

/** Volumes that cannot be set up. */
function explainVolumes(state: ClusterState, pod: Pod): readonly Finding[] {
  const failed = podWorkers.get(state, pod.metadata.uid)?.failedVolumes ?? {};
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const failure = failed[volume.name];
    return failure === undefined || failure.isMounted ? [] : [volumeFailed(state, pod, volume, failure.retryMs)];
  });
}

function volumeFailed(state: ClusterState, pod: Pod, volume: Volume, retryMs: number): Finding {
  const { namespace = '' } = pod.metadata;
  const event = newestEvent(state, pod, ['FailedMount'], ({ message = '' }) => message.includes(`volume ${JSON.stringify(volume.name)} `));
  const because = [refer(podKind, pod, `spec.volumes{${volume.name}}`), ...toEvent(event)];
  const head = `The containers wait for the volume "${volume.name}"`;
  const retry = `The kubelet tries again at ${formatTime(retryMs)}.`;
  const { name: mapName } = (volume['configMap'] ?? {}) as { readonly name?: string };
  const { secretName } = (volume['secret'] ?? {}) as { readonly secretName?: string };
  const claimName = claimNameOf(volume, pod.metadata.name);
  if (mapName !== undefined && getObject(state, configMapKind, namespace, mapName) === undefined)
    return missing(
      'volume-config-missing',
      `${head}: the ConfigMap "${mapName}" does not exist. ${retry}`,
      [...because, { resource: 'configmaps', namespace, name: mapName }],
      `Create the ConfigMap "${mapName}" in the namespace ${namespace}.`,
      'concepts/storage/volumes/#configmap',
    );
  if (secretName !== undefined && getObject(state, secretKind, namespace, secretName) === undefined)
    return missing(
      'volume-secret-missing',
      `${head}: the Secret "${secretName}" does not exist. ${retry}`,
      [...because, { resource: 'secrets', namespace, name: secretName }],
      `Create the Secret "${secretName}" in the namespace ${namespace}.`,
      'concepts/storage/volumes/#secret',
    );
  if (claimName !== undefined) {
    const phase = getObject(state, persistentVolumeClaimKind, namespace, claimName)?.status.phase ?? 'missing';
    if (phase !== 'Bound')
      return missing(
        'volume-claim-unbound',
        `${head}: its claim "${claimName}" is ${phase}.`,
        [...because, { resource: 'persistentvolumeclaims', namespace, name: claimName, field: 'status.phase', value: phase }],
        `Bind the claim; explain persistentvolumeclaims/${claimName} to see what it waits for.`,
        'concepts/storage/persistent-volumes/',
      );
  }
  return missing(
    'volume-not-mounted',
    `${head}${event === undefined ? '' : `: ${quoted(event.message?.replace(/^.*? : /, ''))}`}. ${retry}`,
    because,
    'Correct the source of the volume.',
    'concepts/storage/volumes/',
  );
}

function missing(code: string, sentence: string, because: readonly Reference[], wouldChange: string, path: string): Finding {
  return { code, sentence, because, wouldChange, documentation: page(path) };
}

/** The init container whose turn it is. */
function explainInit(pod: Pod, seen: readonly Seen[]): readonly Finding[] {
  const current = seen.find(
    ({ list, container, status }) => list === 'init' && !isSidecar(container) && status.state.terminated?.exitCode !== 0,
  );
  const isInitialized = pod.status.conditions?.find(({ type }) => type === 'Initialized')?.status === 'True';
  const running = current?.status.state.running;
  if (current === undefined || running === undefined || isInitialized) return NOTHING;
  const later = seen.filter(({ list }) => list === 'regular').map(({ container }) => container.name);
  return [
    {
      code: 'init-container-running',
      sentence: `The containers wait for the ${called(current)}, which has been running since ${running.startedAt}: ${later.length === 1 ? `"${later[0]}" starts` : 'they start'} when every init container has ended with code 0.`,
      because: [refer(podKind, pod, statusField('init', current.container.name, 'state.running.startedAt'), running.startedAt ?? '')],
      wouldChange: 'Let it end: give it what it waits for, or let time pass.',
      documentation: page('concepts/workloads/pods/init-containers/'),
    },
  ];
}

/** A placed pod of which nothing wrong is known. */
function explainPending(state: ClusterState, pod: Pod, nodeName: string): readonly Finding[] {
  const node = getObject(state, nodeKind, undefined, nodeName);
  const placed = refer(podKind, pod, 'spec.nodeName', nodeName);
  if (node === undefined)
    return [
      missing(
        'node-missing',
        `The pod is bound to the node ${nodeName}, which does not exist.`,
        [placed],
        'Add a node of that name, or delete the pod.',
        'concepts/architecture/nodes/',
      ),
    ];
  if (isSilent(state, nodeName))
    return [
      missing(
        'node-silent',
        `The pod is bound to ${nodeName}, whose kubelet is not heard of: nobody starts it.`,
        [placed, refer(nodeKind, node, 'status.conditions[Ready]')],
        `Mend ${nodeName}, or delete the pod so that it can be placed elsewhere.`,
        'concepts/architecture/nodes/#condition',
      ),
    ];
  const worker = podWorkers.get(state, pod.metadata.uid);
  const action = worker?.run?.actions[0];
  const image = worker?.run?.step === 'pull' && action?.do === 'start' ? seenImage(pod, action.container) : undefined;
  if (image !== undefined)
    return [
      missing(
        'image-pulling',
        `The pod waits for the image ${image}, which ${nodeName} is pulling.`,
        [placed, ...toEvent(newestEvent(state, pod, ['Pulling']))],
        'Let time pass.',
        IMAGES,
      ),
    ];
  const failed = worker?.runtime.sandbox?.isReady === true ? undefined : newestEvent(state, pod, ['FailedCreatePodSandBox']);
  if (failed !== undefined)
    return [
      missing(
        'sandbox-not-created',
        `The pod waits for its sandbox, which cannot be made on ${nodeName}: ${quoted(failed.message?.replace(/^Failed to create pod sandbox: /, ''))}. The kubelet tries again every ten to fifteen seconds.`,
        [placed, ...toEvent(failed)],
        `Mend the network plugin or the container runtime of ${nodeName}.`,
        'concepts/extend-kubernetes/compute-storage-net/network-plugins/',
      ),
    ];
  return [
    missing(
      'starting',
      `The pod is being started on ${nodeName}: nothing is wrong with it so far.`,
      [placed],
      'Let time pass.',
      'concepts/workloads/pods/pod-lifecycle/',
    ),
  ];
}

function seenImage(pod: Pod, name: string): string | undefined {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((container) => container.name === name)?.image;
}
