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
import { isSilent, podWorkers, runOf } from '../../kubelet/model.ts';
import { missingSources } from './config-sources.ts';
import { called, type Seen, seenContainers, specField, statusField } from './containers.ts';
import { newestEvent, toEvent } from './events.ts';
import { type Message, say } from '../words/message.ts';
import { NOTHING, page, quoted, type Reference, refer, type Unsaid } from './finding.ts';
import { isPodTerminal, isRestartableInitContainer } from '../../kinds/shared/pod-state.ts';

const IMAGES = 'concepts/containers/images/';

/** Why containers of a placed pod wait. */
export function explainStartup(state: ClusterState, pod: Pod): readonly Unsaid[] {
  const { nodeName = '' } = pod.spec;
  if (nodeName === '' || isDeleting(pod) || isPodTerminal(pod)) return NOTHING;
  const seen = seenContainers(pod);
  const waiting = seen.flatMap((item) => explainWaiting(state, pod, item));
  const volumes = explainVolumes(state, pod);
  const init = explainInit(pod, seen);
  const found = [...waiting, ...volumes, ...init];
  const hasFailed = seen.some(({ status }) => status.restartCount > 0 || (status.state.terminated?.exitCode ?? 0) !== 0);
  return found.length > 0 || hasFailed || pod.status.phase !== 'Pending' ? found : explainPending(state, pod, nodeName);
}

/** A container that waits for something of its own. */
function explainWaiting(state: ClusterState, pod: Pod, seen: Seen): readonly Unsaid[] {
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
          sentence: say('imageNeverPulled', { container: called(seen), image: container.image, node: pod.spec.nodeName ?? '' }),
          because: [...because, refer(podKind, pod, specField(list, container.name, 'imagePullPolicy'), container.imagePullPolicy)],
          wouldChange: say('changePullPolicy'),
          documentation: page(`${IMAGES}#image-pull-policy`),
        },
      ];
    case 'InvalidImageName':
      return [
        {
          code: 'image-name-invalid',
          sentence: say('imageNameInvalid', { container: called(seen), image: JSON.stringify(container.image) }),
          because: [...because, image],
          wouldChange: say('correctImageName'),
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
          sentence: say('containerNotStarted', { container: called(seen), node: pod.spec.nodeName ?? '', message: quoted(message) }),
          because,
          wouldChange: say('correctCommand'),
          documentation: page('tasks/debug/debug-application/debug-pods/'),
        },
      ];
    default:
      return NOTHING;
  }
}

function pullFailed(state: ClusterState, pod: Pod, seen: Seen, because: readonly Reference[]): Unsaid {
  const { image } = seen.container;
  const { waiting } = seen.status.state;
  const backoff = podWorkers.get(state, pod.metadata.uid)?.imageBackoffs[image];
  const why = quoted(backoff?.message ?? waiting?.message);
  const next = backoff === undefined ? undefined : formatTime(backoff.lastUpdateMs + backoff.valueMs);
  return {
    code: waiting?.reason === 'ImagePullBackOff' ? 'image-pull-back-off' : 'image-pull-failed',
    sentence: say('pullFailed', { container: called(seen), image, why, next }),
    because: [
      ...because,
      ...toEvent(newestEvent(state, pod, ['Failed'], ({ message = '' }) => message.startsWith(`Failed to pull image "${image}"`))),
    ],
    wouldChange: say('mendPull'),
    documentation: page(`${IMAGES}#imagepullbackoff`),
  };
}

function configMissing(state: ClusterState, pod: Pod, seen: Seen, message: string | undefined, because: readonly Reference[]): Unsaid {
  const missing = missingSources(state, pod, seen.container);
  const [first] = missing;
  return {
    code: first === undefined ? 'container-config' : first.isKey ? 'config-key-missing' : 'config-missing',
    sentence: say('containerNotCreated', { container: called(seen), message: quoted(message) }),
    because: [...because, ...missing.map(({ reference }) => reference)],
    wouldChange: first === undefined ? say('correctRequest') : say(first.isKey ? 'addKey' : 'createSource', { source: first.text }),
    documentation: page(first?.reference.resource === 'secrets' ? 'concepts/configuration/secret/' : 'concepts/configuration/configmap/'),
  };
}

/** Volumes that cannot be set up. */
function explainVolumes(state: ClusterState, pod: Pod): readonly Unsaid[] {
  const failed = podWorkers.get(state, pod.metadata.uid)?.failedVolumes ?? {};
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const failure = failed[volume.name];
    return failure === undefined || failure.isMounted ? [] : [volumeFailed(state, pod, volume, failure.retryMs)];
  });
}

function volumeFailed(state: ClusterState, pod: Pod, volume: Volume, retryMs: number): Unsaid {
  const { namespace = '' } = pod.metadata;
  const event = newestEvent(state, pod, ['FailedMount'], ({ message = '' }) => message.includes(`volume ${JSON.stringify(volume.name)} `));
  const because = [refer(podKind, pod, `spec.volumes{${volume.name}}`), ...toEvent(event)];
  const waits = { volume: volume.name, retry: formatTime(retryMs) };
  const { name: mapName } = (volume['configMap'] ?? {}) as { readonly name?: string };
  const { secretName } = (volume['secret'] ?? {}) as { readonly secretName?: string };
  const claimName = claimNameOf(volume, pod.metadata.name);
  if (mapName !== undefined && getObject(state, configMapKind, namespace, mapName) === undefined)
    return missing(
      'volume-config-missing',
      say('volumeSourceMissing', { ...waits, source: say('configMap', { name: mapName }) }),
      [...because, { resource: 'configmaps', namespace, name: mapName }],
      say('createInNamespace', { source: say('configMap', { name: mapName }), namespace }),
      'concepts/storage/volumes/#configmap',
    );
  if (secretName !== undefined && getObject(state, secretKind, namespace, secretName) === undefined)
    return missing(
      'volume-secret-missing',
      say('volumeSourceMissing', { ...waits, source: say('secret', { name: secretName }) }),
      [...because, { resource: 'secrets', namespace, name: secretName }],
      say('createInNamespace', { source: say('secret', { name: secretName }), namespace }),
      'concepts/storage/volumes/#secret',
    );
  if (claimName !== undefined) {
    const phase = getObject(state, persistentVolumeClaimKind, namespace, claimName)?.status.phase ?? 'missing';
    if (phase !== 'Bound')
      return missing(
        'volume-claim-unbound',
        say('volumeClaimUnbound', { volume: volume.name, claim: claimName, phase: phase === 'missing' ? say('missing') : phase }),
        [...because, { resource: 'persistentvolumeclaims', namespace, name: claimName, field: 'status.phase', value: phase }],
        say('bindClaim', { name: `persistentvolumeclaims/${claimName}` }),
        'concepts/storage/persistent-volumes/',
      );
  }
  return missing(
    'volume-not-mounted',
    say('volumeNotMounted', { ...waits, message: event === undefined ? undefined : quoted(event.message?.replace(/^.*? : /, '')) }),
    because,
    say('correctVolume'),
    'concepts/storage/volumes/',
  );
}

function missing(code: string, sentence: Message, because: readonly Reference[], wouldChange: Message, path: string): Unsaid {
  return { code, sentence, because, wouldChange, documentation: page(path) };
}

/** The init container whose turn it is. */
function explainInit(pod: Pod, seen: readonly Seen[]): readonly Unsaid[] {
  const current = seen.find(
    ({ list, container, status }) => list === 'init' && !isRestartableInitContainer(container) && status.state.terminated?.exitCode !== 0,
  );
  const isInitialized = pod.status.conditions?.find(({ type }) => type === 'Initialized')?.status === 'True';
  const running = current?.status.state.running;
  if (current === undefined || running === undefined || isInitialized) return NOTHING;
  const later = seen.filter(({ list }) => list === 'regular').map(({ container }) => container.name);
  return [
    {
      code: 'init-container-running',
      sentence: say('initRunning', { container: called(current), since: running.startedAt ?? '', later }),
      because: [refer(podKind, pod, statusField('init', current.container.name, 'state.running.startedAt'), running.startedAt ?? '')],
      wouldChange: say('letInitEnd'),
      documentation: page('concepts/workloads/pods/init-containers/'),
    },
  ];
}

/** A placed pod of which nothing wrong is known. */
function explainPending(state: ClusterState, pod: Pod, nodeName: string): readonly Unsaid[] {
  const node = getObject(state, nodeKind, undefined, nodeName);
  const placed = refer(podKind, pod, 'spec.nodeName', nodeName);
  if (node === undefined)
    return [missing('node-missing', say('nodeMissing', { node: nodeName }), [placed], say('addNamedNode'), 'concepts/architecture/nodes/')];
  if (isSilent(state, nodeName))
    return [
      missing(
        'node-silent',
        say('boundToSilentNode', { node: nodeName }),
        [placed, refer(nodeKind, node, 'status.conditions[Ready]')],
        say('mendOrPlaceElsewhere', { node: nodeName }),
        'concepts/architecture/nodes/#condition',
      ),
    ];
  const worker = podWorkers.get(state, pod.metadata.uid);
  const run = worker === undefined ? undefined : runOf(worker);
  const action = run?.actions[0];
  const image = run?.step === 'pull' && action?.do === 'start' ? seenImage(pod, action.container) : undefined;
  if (image !== undefined)
    return [
      missing(
        'image-pulling',
        say('imagePulling', { image, node: nodeName }),
        [placed, ...toEvent(newestEvent(state, pod, ['Pulling']))],
        say('letTimePass'),
        IMAGES,
      ),
    ];
  const failed = worker?.runtime.sandbox?.isReady === true ? undefined : newestEvent(state, pod, ['FailedCreatePodSandBox']);
  if (failed !== undefined)
    return [
      missing(
        'sandbox-not-created',
        say('sandboxNotCreated', {
          node: nodeName,
          message: quoted(failed.message?.replace(/^Failed to create pod sandbox: /, '')),
        }),
        [placed, ...toEvent(failed)],
        say('mendRuntime', { node: nodeName }),
        'concepts/extend-kubernetes/compute-storage-net/network-plugins/',
      ),
    ];
  return [missing('starting', say('starting', { node: nodeName }), [placed], say('letTimePass'), 'concepts/workloads/pods/pod-lifecycle/')];
}

function seenImage(pod: Pod, name: string): string | undefined {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((container) => container.name === name)?.image;
}
