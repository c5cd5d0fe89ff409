// Pods that a controller cannot make because the API server refuses them: quotas, limits, pod security, missing accounts.
// Upstream: plugin/pkg/admission (v1.33); pkg/controller/controller_utils.go (v1.33), the event FailedCreate.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { newestEvent, timeOf, toEvent } from './events.ts';
import { type Finding, NOTHING, page, quoted } from './finding.ts';

interface Words {
  readonly code: string;
  readonly wouldChange: string;
  readonly path: string;
}

/** By a part of the message; the first that fits. */
const WORDS: readonly (readonly [RegExp, Words])[] = [
  [
    /exceeded quota/,
    {
      code: 'quota-exceeded',
      wouldChange: 'Raise the quota, delete something that counts, or ask for less.',
      path: 'concepts/policy/resource-quotas/',
    },
  ],
  [
    /failed quota/,
    {
      code: 'quota-needs-requests',
      wouldChange: 'Say the requests and limits that the quota counts, or give the namespace a LimitRange with defaults.',
      path: 'concepts/policy/resource-quotas/',
    },
  ],
  [
    /violates PodSecurity/,
    {
      code: 'pod-security',
      wouldChange: 'Correct the security context of the template, or change the pod-security.kubernetes.io/enforce label of the namespace.',
      path: 'concepts/security/pod-security-standards/',
    },
  ],
  [
    /(?:minimum|maximum) .* (?:usage|is)|limit to request ratio/,
    {
      code: 'limit-range',
      wouldChange: 'Ask for amounts within the LimitRange of the namespace, or change it.',
      path: 'concepts/policy/limit-range/',
    },
  ],
  [
    /serviceaccount .* not found/,
    {
      code: 'service-account-missing',
      wouldChange: 'Create the service account that the template names.',
      path: 'concepts/security/service-accounts/',
    },
  ],
  [
    /being terminated/,
    { code: 'namespace-terminating', wouldChange: 'Use another namespace.', path: 'concepts/overview/working-with-objects/namespaces/' },
  ],
];

const OTHER: Words = { code: 'pod-refused', wouldChange: 'Correct the template.', path: 'concepts/workloads/pods/#pod-templates' };

/** The last refusal, of a controller that lacks pods and has made none since. */
export function explainRefusedPods(state: ClusterState, owner: KubeObject): readonly Finding[] {
  const event = newestEvent(state, owner, ['FailedCreate', 'SuccessfulCreate']);
  if (event?.reason !== 'FailedCreate') return NOTHING;
  const message = quoted(event.message);
  const { code, wouldChange, path } = WORDS.find(([part]) => part.test(message))?.[1] ?? OTHER;
  return [
    {
      code,
      sentence: `The API server refuses its pods, the last one at ${timeOf(event)}: ${message.replace(/^(?:\(combined from similar events\): )?(?:Error creating: )?/, '')}.`,
      because: toEvent(event),
      wouldChange,
      documentation: page(path),
    },
  ];
}
