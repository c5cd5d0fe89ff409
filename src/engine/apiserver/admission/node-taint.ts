// A node that a client makes is not ready until it says so.
// Upstream: plugin/pkg/admission/nodetaint/admission.go (v1.33). Rule: C711.

import type { Draft } from '../../kinds/kind.ts';
import type { Node, Taint } from '../../kinds/node/types.ts';
import type { AdmissionPlugin } from './plugin.ts';

const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

export const nodeTaint: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  resource: 'nodes',
  sparesOwn: true,
  complete(_state, draft) {
    const { spec } = draft as Draft<Node>;
    const taints = spec.taints ?? [];
    if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect)) return;
    spec.taints = [...taints, { ...NOT_READY }];
  },
};
