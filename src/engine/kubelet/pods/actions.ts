// What one sync has to do: a pure decision over the pod, the runtime view of the last relist and the probes' results.
// Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions), kuberuntime_container.go (computeInitContainerActions) (v1.33).
// Rules: K205, K215, K301-K305, K630-K633, K640, K650, K641.

import type { Container, Pod } from '../../kinds/pod/types.ts';
import { isDeleting } from '../../apimachinery/meta.ts';
import { containersOf } from '../../containers/container-lists.ts';
import type { Action } from '../model.ts';
import { isRestartableInitContainer } from '../../kinds/shared/pod-state.ts';
import { type Instance, type RuntimeView, newestInstances } from '../../containers/model.ts';

export type ProbeValue = 'Success' | 'Failure' | 'Unknown' | undefined;

export interface DecisionInput {
  readonly pod: Pod;
  readonly view: RuntimeView;
  readonly liveness: (container: string) => ProbeValue;
  readonly startup: (container: string) => ProbeValue;
  readonly graceMs: (container: Container, cause: 'liveness' | 'startup' | 'other') => number;
}

/** What is decided on, with the newest instance of each container. */
interface Decided extends DecisionInput {
  readonly newest: ReadonlyMap<string, Instance>;
}

/** The actions of a sync, in order. */
export function decideActions(given: DecisionInput): Action[] {
  const { pod, view } = given;
  const newest = newestInstances(view);
  const input: Decided = { ...given, newest };
  if (view.sandbox === null || !view.sandbox.isReady) return decideNewSandbox(input);
  const ephemeral = containersOf(pod, 'ephemeral')
    .filter((container) => !newest.has(container.name))
    .map((container): Action => ({ do: 'start', container: container.name, list: 'ephemeral' }));
  const init = decideInit(input);
  if (init.killsPod) return [{ do: 'killPod' }];
  if (!init.isInitialized) return [...init.kills, ...ephemeral, ...init.starts];
  const regular = decideRegular(input);
  // K303: nothing is kept and nothing is to start: the whole pod goes.
  if (regular.keptCount === 0 && regular.starts.length === 0) return [{ do: 'killPod' }];
  const sidecars = decideSidecars(input, init.kills);
  const resizes = [...sidecars.resizes, ...regular.resizes];
  return [
    ...init.kills,
    ...sidecars.kills,
    ...regular.kills,
    ...ephemeral,
    ...init.starts,
    ...sidecars.starts,
    ...resizes,
    ...regular.starts,
  ];
}

/** M6: sidecars that go on get other amounts, or a restart where their policy asks for one. */
function decideSidecars(input: Decided, kills: readonly Action[]): RegularDecision {
  const decision: RegularDecision = { resizes: [], kills: [], starts: [], keptCount: 0 };
  for (const container of containersOf(input.pod, 'init').filter(isRestartableInitContainer)) {
    const instance = input.newest.get(container.name);
    const isKilled = kills.some((action) => action.do === 'kill' && action.instanceId === instance?.id);
    if (instance !== undefined && !isKilled)
      decideResize(input, decision, container, instance, { do: 'start', container: container.name, list: 'init' });
  }
  return decision;
}

/** K302: an exited container is started again. */
export function shouldRestart(pod: Pod, container: Container, instance: Instance): boolean {
  if (isDeleting(pod)) return false;
  if (isRestartableInitContainer(container)) return true;
  const { restartPolicy } = pod.spec;
  return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && instance.exitCode !== 0);
}

/** K215, K216, K633: a new sandbox reruns everything from the first init container. */
function decideNewSandbox({ pod, view, newest }: Decided): Action[] {
  const hadContainers = view.instances.length > 0;
  if (pod.spec.restartPolicy === 'Never' && hadContainers && view.sandbox !== null) return [{ do: 'killPod' }];
  const startable = containersOf(pod, 'regular').filter((container) => {
    const instance = newest.get(container.name);
    return instance === undefined || instance.state !== 'exited' || shouldRestart(pod, container, instance);
  });
  if (startable.length === 0) return [{ do: 'killPod' }];
  const first = containersOf(pod, 'init')[0];
  const starts: Action[] =
    first !== undefined
      ? [{ do: 'start', container: first.name, list: 'init' }]
      : startable.map((container) => ({ do: 'start', container: container.name, list: 'regular' }));
  return [{ do: 'sandbox' }, ...starts];
}

/** What a container that runs needs: nothing, other amounts, or a restart with them, by its policy for what changes. */
function resizeOf(container: Container, instance: Readonly<Instance>): 'none' | 'in-place' | 'restart' {
  if (instance.resources === undefined || instance.state !== 'running') return 'none';
  const [before, after] = [instance.resources, container.resources ?? {}];
  const changed = (['cpu', 'memory'] as const).filter((name) =>
    (['requests', 'limits'] as const).some((list) => before[list]?.[name] !== after[list]?.[name]),
  );
  if (changed.length === 0) return 'none';
  const policies = (container['resizePolicy'] ?? []) as readonly { readonly resourceName: string; readonly restartPolicy: string }[];
  const restarts = policies.some(
    ({ resourceName, restartPolicy }) => restartPolicy === 'RestartContainer' && changed.some((name) => name === resourceName),
  );
  return restarts ? 'restart' : 'in-place';
}

/** M6: a container that goes on may need other amounts, or a restart to have them. */
function decideResize(input: Decided, decision: RegularDecision, container: Container, instance: Instance, start: Action): void {
  const resize = resizeOf(container, instance);
  if (resize !== 'restart') decision.keptCount += 1;
  if (resize === 'in-place') decision.resizes.push({ do: 'resize', container: container.name });
  if (resize !== 'restart') return;
  const message = `Container ${container.name} resize requires restart`;
  decision.kills.push({
    do: 'kill',
    container: container.name,
    instanceId: instance.id,
    message,
    graceMs: input.graceMs(container, 'other'),
  });
  decision.starts.push(start);
}

interface RegularDecision {
  resizes: Action[];
  kills: Action[];
  starts: Action[];
  keptCount: number;
}

/** K301, row by row. */
function decideRegular(input: Decided): RegularDecision {
  const { pod, newest } = input;
  const decision: RegularDecision = { resizes: [], kills: [], starts: [], keptCount: 0 };
  for (const container of containersOf(pod, 'regular')) {
    const instance = newest.get(container.name);
    const start: Action = { do: 'start', container: container.name, list: 'regular' };
    if (instance === undefined || instance.state === 'created') {
      decision.starts.push(start);
    } else if (instance.state === 'exited') {
      if (shouldRestart(pod, container, instance)) decision.starts.push(start);
    } else {
      const cause = killCause(input, container, instance);
      if (cause === undefined) decideResize(input, decision, container, instance, start);
      else {
        const restarts = cause.cause === 'definition' || pod.spec.restartPolicy !== 'Never';
        const message = `Container ${container.name} ${cause.text}${restarts ? ', will be restarted' : ''}`;
        const graceMs = input.graceMs(container, cause.cause === 'definition' ? 'other' : cause.cause);
        decision.kills.push({ do: 'kill', container: container.name, instanceId: instance.id, message, graceMs });
        if (restarts) decision.starts.push(start);
      }
    }
  }
  return decision;
}

function killCause(
  input: DecisionInput,
  container: Container,
  instance: Instance,
): { cause: 'definition' | 'liveness' | 'startup'; text: string } | undefined {
  if (instance.image !== container.image) return { cause: 'definition', text: 'definition changed' };
  if (input.liveness(container.name) === 'Failure') return { cause: 'liveness', text: 'failed liveness probe' };
  if (input.startup(container.name) === 'Failure') return { cause: 'startup', text: 'failed startup probe' };
  return undefined;
}

interface InitDecision {
  isInitialized: boolean;
  killsPod: boolean;
  kills: Action[];
  starts: Action[];
}

/** K630: from the last init container to the first. */
function decideInit(input: Decided): InitDecision {
  const { pod, newest } = input;
  const containers = containersOf(pod, 'init');
  const decision: InitDecision = { isInitialized: containers.length === 0, killsPod: false, kills: [], starts: [] };
  if (containers.length === 0) return decision;
  const hasRegular = containersOf(pod, 'regular').some((container) => {
    const state = newest.get(container.name)?.state;
    return state === 'running' || state === 'created';
  });
  decision.isInitialized = hasRegular;
  const starts: string[] = [];
  let hasLater = hasRegular;
  let hasInstance = false;
  for (let index = containers.length - 1; index >= 0; index -= 1) {
    const container = containers[index] as Container;
    const instance = newest.get(container.name);
    if (instance === undefined) {
      if (hasLater && isRestartableInitContainer(container)) starts.unshift(container.name);
      continue;
    }
    hasInstance = true;
    if (!(hasLater && !isRestartableInitContainer(container))) {
      const stop = stepInit(input, decision, starts, { container, instance, index, hasLater });
      if (stop) break;
    }
    hasLater = true;
  }
  const first = containers[0];
  if (!hasInstance && !hasRegular && first !== undefined) starts.unshift(first.name);
  decision.starts = starts.map((name) => ({ do: 'start', container: name, list: 'init' }));
  return decision;
}

interface InitStep {
  readonly container: Container;
  readonly instance: Instance;
  readonly index: number;
  readonly hasLater: boolean;
}

/** One init container that has an instance. Returns true when the decision is final. */
function stepInit(input: Decided, decision: InitDecision, starts: string[], step: InitStep): boolean {
  const { container, instance, index, hasLater } = step;
  const next = containersOf(input.pod, 'init')[index + 1];
  const proceed = (): void => {
    if (next === undefined) decision.isInitialized = true;
    else if (!hasLater) starts.unshift(next.name);
  };
  if (instance.state === 'created') {
    starts.unshift(container.name);
    return false;
  }
  if (instance.state === 'running') {
    if (isRestartableInitContainer(container)) stepSidecar(input, decision, starts, step, proceed);
    return false;
  }
  if (isRestartableInitContainer(container)) {
    starts.unshift(container.name);
    return false;
  }
  if (instance.exitCode === 0 && instance.reason !== 'OOMKilled') {
    proceed();
    return false;
  }
  // K630: a failed init container ends a pod that never restarts.
  if (input.pod.spec.restartPolicy === 'Never') decision.killsPod = true;
  else starts.unshift(container.name);
  return decision.killsPod;
}

/** K640: the next container starts as soon as the sidecar is started. */
function stepSidecar(input: Decided, decision: InitDecision, starts: string[], step: InitStep, proceed: () => void): void {
  const { container, instance } = step;
  const restart = (text: 'startup' | 'liveness'): void => {
    const message = `Init container ${container.name} failed ${text} probe`;
    decision.kills.push({
      do: 'kill',
      container: container.name,
      instanceId: instance.id,
      message,
      graceMs: input.graceMs(container, text),
    });
    starts.unshift(container.name);
  };
  if (container.startupProbe !== undefined) {
    const startup = input.startup(container.name);
    if (startup === 'Failure') return restart('startup');
    if (startup !== 'Success') return;
  }
  proceed();
  if (input.liveness(container.name) === 'Failure') restart('liveness');
}
