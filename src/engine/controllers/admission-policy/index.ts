// Says of every ValidatingAdmissionPolicy that it was looked at. Upstream: pkg/controller/validatingadmissionpolicystatus/controller.go (v1.33).
// Rule: C944. Deviation: types are not checked against the schemas of the resources that a policy matches, so there are no warnings.

import { getObject, writeStatus } from '../../apiserver/api.ts';
import type { Component } from '../../kernel/component.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { validatingAdmissionPolicyKind } from '../../kinds/validatingadmissionpolicy/index.ts';

const NAME = 'validatingadmissionpolicy-status';

export const admissionPolicyController: Component = {
  name: NAME,
  watches: {
    [resourceOf(validatingAdmissionPolicyKind)]: (state, change) => {
      if (change.type !== 'DELETED') enqueue(state, NAME, change.object.metadata.name);
    },
  },
  reconcile(state, name) {
    const policy = getObject(state, validatingAdmissionPolicyKind, undefined, name);
    const generation = policy?.metadata.generation;
    if (policy === undefined || generation === undefined || policy.status.observedGeneration === generation) return;
    writeStatus(state, validatingAdmissionPolicyKind, policy, { ...policy.status, observedGeneration: generation, typeChecking: {} });
  },
  timers: {},
};
