// Pods that a controller cannot make because the API server refuses them: quotas, limits, pod security, missing accounts.
// Upstream: plugin/pkg/admission (v1.33); pkg/controller/controller_utils.go (v1.33), the event FailedCreate.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { newestEvent, timeOf, toEvent } from './events.ts';
import { type Message, say } from '../words/message.ts';
import { NOTHING, page, quoted, type Unsaid } from './finding.ts';

interface Refused {
  readonly code: string;
  readonly wouldChange: Message;
  readonly path: string;
}

/** By a part of the message; the first that fits. */
const REFUSED: readonly (readonly [RegExp, Refused])[] = [
  [
    /exceeded quota/,
    {
      code: 'quota-exceeded',
      wouldChange: say('raiseQuotaOrAskLess'),
      path: 'concepts/policy/resource-quotas/',
    },
  ],
  [
    /failed quota/,
    {
      code: 'quota-needs-requests',
      wouldChange: say('sayRequests'),
      path: 'concepts/policy/resource-quotas/',
    },
  ],
  [
    /violates PodSecurity/,
    {
      code: 'pod-security',
      wouldChange: say('correctSecurity'),
      path: 'concepts/security/pod-security-standards/',
    },
  ],
  [
    /(?:minimum|maximum) .* (?:usage|is)|limit to request ratio/,
    {
      code: 'limit-range',
      wouldChange: say('keepLimitRange'),
      path: 'concepts/policy/limit-range/',
    },
  ],
  [
    /serviceaccount .* not found/,
    {
      code: 'service-account-missing',
      wouldChange: say('createServiceAccount'),
      path: 'concepts/security/service-accounts/',
    },
  ],
  [
    /being terminated/,
    { code: 'namespace-terminating', wouldChange: say('useOtherNamespace'), path: 'concepts/overview/working-with-objects/namespaces/' },
  ],
];

const OTHER: Refused = { code: 'pod-refused', wouldChange: say('correctTemplate'), path: 'concepts/workloads/pods/#pod-templates' };

/** The last refusal, of a controller that lacks pods and has made none since. */
export function explainRefusedPods(state: ClusterState, owner: KubeObject): readonly Unsaid[] {
  const event = newestEvent(state, owner, ['FailedCreate', 'SuccessfulCreate']);
  if (event?.reason !== 'FailedCreate') return NOTHING;
  const message = quoted(event.message);
  const { code, wouldChange, path } = REFUSED.find(([part]) => part.test(message))?.[1] ?? OTHER;
  return [
    {
      code,
      sentence: say('podsRefused', {
        time: timeOf(event),
        message: message.replace(/^(?:\(combined from similar events\): )?(?:Error creating: )?/, ''),
      }),
      because: toEvent(event),
      wouldChange,
      documentation: page(path),
    },
  ];
}
