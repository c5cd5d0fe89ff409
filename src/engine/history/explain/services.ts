// Services without endpoints: what the selector finds, whether it is ready, and where the ports lead.
// Upstream: staging/src/k8s.io/endpointslice (v1.33). Rules: C501-C503, C508.

import { selectorFromMap } from '../../apimachinery/labels.ts';
import { isDeleting } from '../../apimachinery/meta.ts';
import { listBySelector, listObjects } from '../../apiserver/api.ts';
import { targetPortOf } from '../../controllers/shared/service-pods.ts';
import { EXPLANATION_REFERENCES_MAX } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { serviceKind } from '../../kinds/service/index.ts';
import type { Service, ServicePort } from '../../kinds/service/types.ts';
import { say } from '../words/message.ts';
import { labelText, NOTHING, page, refer, type Unsaid } from './finding.ts';
import { explainPods, isReady } from './pod.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';

const SERVICES = 'concepts/services-networking/service/';
const DEBUG = 'tasks/debug/debug-application/debug-service/';

/** Why a Service leads nowhere, or not to all of its pods. */
export function explainService(state: ClusterState, service: Service): readonly Unsaid[] {
  const { selector, type } = service.spec;
  if (type === 'ExternalName' || isDeleting(service)) return NOTHING;
  if (selector === undefined || Object.keys(selector).length === 0) return NOTHING;
  const { namespace = '' } = service.metadata;
  const pods = listBySelector(state, podKind, namespace, selectorFromMap(selector)).filter((pod) => !isPodTerminal(pod));
  if (pods.length === 0) return [selectsNothing(state, service)];
  const ready = pods.filter(isReady);
  const lost = (service.spec.ports ?? []).flatMap((port) => lostPort(service, port, pods));
  if (ready.length > 0 || service.spec.publishNotReadyAddresses === true) return lost;
  return [noneReady(service, pods), ...lost, ...explainPods(state, pods)];
}

/** The pod that comes closest says which label is another. */
function selectsNothing(state: ClusterState, service: Service): Unsaid {
  const { namespace = '' } = service.metadata;
  const { selector = {} } = service.spec;
  const closest = closestPod(listObjects(state, podKind, namespace), selector);
  const wrong = Object.keys(selector).filter((key) => closest?.metadata.labels?.[key] !== selector[key]);
  const labels = wrong.map((key) => ({ key, has: closest?.metadata.labels?.[key], wanted: selector[key] ?? '' }));
  return {
    code: 'selector-matches-nothing',
    sentence: say('selectsNothing', {
      namespace,
      labels: labelText(selector),
      closest: closest === undefined ? undefined : say('comesClosest', { pod: `pods/${closest.metadata.name}`, labels }),
    }),
    because: [
      refer(serviceKind, service, 'spec.selector', labelText(selector)),
      ...(closest === undefined ? [] : [refer(podKind, closest, 'metadata.labels', labelText(closest.metadata.labels))]),
    ],
    wouldChange: say('correctSelector'),
    documentation: page(`${DEBUG}#does-the-service-have-any-endpointslices`),
  };
}

/** The pod with most of the keys of a selector, of which at least one; the values that fit count double. */
function closestPod(pods: readonly Pod[], selector: Readonly<Record<string, string>>): Pod | undefined {
  let best: Pod | undefined;
  let bestScore = 0;
  for (const pod of pods) {
    const { labels = {} } = pod.metadata;
    if (isPodTerminal(pod)) continue;
    const score = Object.entries(selector).reduce(
      (sum, [key, value]) => sum + (labels[key] === value ? 2 : labels[key] === undefined ? 0 : 1),
      0,
    );
    if (score > bestScore) [best, bestScore] = [pod, score];
  }
  return best;
}

function noneReady(service: Service, pods: readonly Pod[]): Unsaid {
  return {
    code: 'endpoints-not-ready',
    sentence: say('noneReady', { count: pods.length }),
    because: [
      refer(serviceKind, service, 'spec.selector', labelText(service.spec.selector)),
      ...pods.slice(0, EXPLANATION_REFERENCES_MAX).map((pod) => refer(podKind, pod, 'status.conditions[Ready].status', 'False')),
    ],
    wouldChange: say('mendPodsOrPublish'),
    documentation: page(`${DEBUG}#are-the-pods-working`),
  };
}

/** A port whose target is a name that the pods do not have. */
function lostPort(service: Service, port: ServicePort, pods: readonly Pod[]): readonly Unsaid[] {
  const without = pods.filter((pod) => targetPortOf(pod, port) === undefined);
  if (without.length === 0) return NOTHING;
  const names = [
    ...new Set(
      without.flatMap((pod) =>
        pod.spec.containers.flatMap((container) => (container.ports ?? []).map(({ name, containerPort }) => name ?? String(containerPort))),
      ),
    ),
  ];
  return [
    {
      code: 'target-port-missing',
      sentence: say('targetPortMissing', {
        port: port.port,
        pods: without.map((pod) => `pods/${pod.metadata.name}`),
        target: String(port.targetPort),
        names,
      }),
      because: [
        refer(serviceKind, service, 'spec.ports.targetPort', String(port.targetPort)),
        ...without.slice(0, EXPLANATION_REFERENCES_MAX).map((pod) => refer(podKind, pod, 'spec.containers.ports.name', names.join(', '))),
      ],
      wouldChange: say('namePort'),
      documentation: page(`${SERVICES}#field-spec-ports`),
    },
  ];
}
