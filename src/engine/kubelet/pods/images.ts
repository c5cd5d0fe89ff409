// Images on a node: presence, the serial puller, the pull back-off and their texts.
// Upstream: pkg/kubelet/images/image_manager.go, puller.go (v1.33). Rules: K221-K229. Omits the registry's QPS limit.

import { formatDuration } from '../../apimachinery/time.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { nextBackoffMs } from '../../kernel/backoff.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { BACKOFF_EXPIRY_MS, CRASH_BACKOFF_BASE_MS, CRASH_BACKOFF_MAX_MS } from './crash-loop.ts';
import { notFoundError, pullErrorOf } from '../../containers/disturbances.ts';
import { type NodeMemory, nodeMemories, type PodWorker, type Run } from '../model.ts';
import { recordContainerEvent } from './pod-events.ts';
import { BEHAVIOR_ANNOTATION_PREFIX, BEHAVIOR_DEFAULT, type PullRule } from '../../kinds/shared/behavior.ts';
import { catalogueEntry, normalizeReference, ownBehavior } from '../../containers/images/catalogue.ts';
import { parseAnnotation } from '../../containers/behaviors/given-behavior.ts';
import { isPublished } from '../../containers/images/published-tags.ts';
import { timingOf } from '../../containers/timing.ts';

export type ImageOutcome =
  | { readonly kind: 'present' }
  | { readonly kind: 'pulling'; readonly endsMs: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string };

/** K222-K224: looks at the policy, the node and the back-off, and begins a pull if one is needed. */
export function ensureImage(state: ClusterState, worker: PodWorker, run: Run, pod: Pod, container: Container): ImageOutcome {
  const { image, imagePullPolicy } = container;
  const emit = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    recordContainerEvent(state, worker.node, pod, container.name, type, reason, message);
  const reference = normalizeReference(image);
  if (reference === undefined) {
    emit(
      'Warning',
      'InspectFailed',
      `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${invalidNameReason(image)}`,
    );
    emit('Warning', 'Failed', 'Error: InvalidImageName');
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${invalidNameReason(image)}`;
    return { kind: 'failed', reason: 'InvalidImageName', message };
  }
  const isPresent = isImagePresent(state, worker.node, pod, container, reference);
  if (isPresent && imagePullPolicy !== 'Always') {
    emit('Normal', 'Pulled', `Container image "${image}" already present on machine`);
    return { kind: 'present' };
  }
  if (imagePullPolicy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    emit('Warning', 'ErrImageNeverPull', message);
    emit('Warning', 'Failed', 'Error: ErrImageNeverPull');
    return { kind: 'failed', reason: 'ErrImageNeverPull', message };
  }
  return beginPull(state, worker, run, pod, container, emit);
}

/** K225, K226: the end of a pull. Returns what failed, or undefined. */
export function finishPull(state: ClusterState, worker: PodWorker, run: Run, pod: Pod, container: Container): ImageOutcome {
  const pull = run.pull;
  run.pull = null;
  const { image } = container;
  const emit = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    recordContainerEvent(state, worker.node, pod, container.name, type, reason, message);
  if (pull === null) return { kind: 'present' };
  if (pull.error === null) {
    const rule = pullRule(state, pod, container);
    const size = rule.sizeBytes ?? catalogueEntry(image).sizeBytes;
    const [pullMs, totalMs] = [state.nowMs - pull.startedMs, state.nowMs - pull.requestedMs];
    const node = nodeMemories.edit(state, worker.node);
    node.images[normalizeReference(image) ?? image] = true;
    emit(
      'Normal',
      'Pulled',
      `Successfully pulled image "${image}" in ${formatDuration(pullMs)} (${formatDuration(totalMs)} including waiting). Image size: ${size} bytes.`,
    );
    delete worker.imageBackoffs[image];
    return { kind: 'present' };
  }
  const before = worker.imageBackoffs[image];
  const isOld = before === undefined || state.nowMs - before.lastUpdateMs > BACKOFF_EXPIRY_MS;
  const valueMs = nextBackoffMs(isOld ? undefined : before.valueMs, CRASH_BACKOFF_BASE_MS, CRASH_BACKOFF_MAX_MS);
  worker.imageBackoffs[image] = { valueMs, lastUpdateMs: state.nowMs, reason: 'ErrImagePull', message: pull.error };
  emit('Warning', 'Failed', `Failed to pull image "${image}": ${pull.error}`);
  emit('Warning', 'Failed', 'Error: ErrImagePull');
  return { kind: 'failed', reason: 'ErrImagePull', message: pull.error };
}

function beginPull(
  state: ClusterState,
  worker: PodWorker,
  run: Run,
  pod: Pod,
  container: Container,
  emit: (type: 'Normal' | 'Warning', reason: string, message: string) => void,
): ImageOutcome {
  const { image } = container;
  const backoff = worker.imageBackoffs[image];
  if (backoff !== undefined && state.nowMs - backoff.lastUpdateMs < backoff.valueMs) {
    emit('Normal', 'BackOff', `Back-off pulling image "${image}"`);
    emit('Warning', 'Failed', 'Error: ImagePullBackOff');
    return {
      kind: 'failed',
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "${image}": ${backoff.reason}: ${backoff.message}`,
    };
  }
  emit('Normal', 'Pulling', `Pulling image "${image}"`);
  const said = pullRule(state, pod, container);
  const problem = pullErrorOf(state, image) ?? missingError(state, pod, container);
  const rule = problem === undefined ? said : { ...said, error: problem };
  // K227: one image at a time on a node, first come first served.
  const node = nodeMemories.edit(state, worker.node);
  const reference = normalizeReference(image) ?? image;
  const isCached = node.images[reference] === true || (node.queued[reference] ?? 0) > state.nowMs;
  const durationMs = rule.durationMs ?? (isCached ? CACHED_PULL_MS : timingOf(state).imagePullMs);
  const startedMs = Math.max(state.nowMs, node.pullFreeAtMs);
  node.pullFreeAtMs = startedMs + durationMs;
  if (rule.error === null) node.queued[reference] = node.pullFreeAtMs;
  run.pull = { startedMs, requestedMs: state.nowMs, error: rule.error };
  return { kind: 'pulling', endsMs: startedMs + durationMs };
}

/** K930: what the registry says of a tag that nobody published; undefined where the cluster or the pod says how the image is pulled. */
function missingError(state: ClusterState, pod: Pod, container: Container): string | undefined {
  const { image } = container;
  const isSaid = ownBehavior(state, image) !== undefined || pullRule(state, pod, container) !== BEHAVIOR_DEFAULT.pull;
  return isSaid || isPublished(image) ? undefined : notFoundError(image);
}

/** A pull of an image that the node has, or gets by a pull before it in the queue, only asks the registry for its digest. */
const CACHED_PULL_MS = 500;

function isImagePresent(state: ClusterState, node: string, pod: Pod, container: Container, reference: string): boolean {
  const memory: Readonly<NodeMemory> | undefined = nodeMemories.get(state, node);
  const rule = pullRule(state, pod, container);
  if (rule.isPresent !== null) return rule.isPresent || memory?.images[reference] === true;
  return memory?.images[reference] === true || catalogueEntry(container.image).isPresent;
}

/** How an image is pulled: said by the pod's annotation or the cluster's catalogue entry. */
function pullRule(state: ClusterState, pod: Pod, container: Container): PullRule {
  const annotation = pod.metadata.annotations?.[`${BEHAVIOR_ANNOTATION_PREFIX}${container.name}`];
  const parsed = annotation === undefined ? undefined : parseAnnotation(annotation, container.name);
  if (parsed?.ok === true && parsed.behavior.pull !== BEHAVIOR_DEFAULT.pull) return parsed.behavior.pull;
  return ownBehavior(state, container.image)?.pull ?? BEHAVIOR_DEFAULT.pull;
}

/** K223: a repository with capital letters has a text of its own; it is looked at before anything else. */
function invalidNameReason(image: string): string {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(slash, 0));
  const isDomain = slash >= 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  const path = isDomain ? image.slice(slash + 1) : image;
  const isLibrary = !path.includes('/') && (!isDomain || first === 'docker.io' || first === 'index.docker.io');
  const repository = `${isLibrary ? 'library/' : ''}${path}`.replace(/:.*$/, '');
  const isLower = repository.toLowerCase() === repository;
  return isLower ? 'invalid reference format' : `invalid reference format: repository name (${repository}) must be lowercase`;
}
