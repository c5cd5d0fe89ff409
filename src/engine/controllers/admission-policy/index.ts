// Says of every ValidatingAdmissionPolicy that it was looked at, and what of its expressions does not fit the resources that it matches. Upstream: pkg/controller/validatingadmissionpolicystatus/controller.go (v1.33).
// Rule: C944.

import { getObject, writeStatus } from '../../apiserver/api.ts';
import type { Component } from '../../kernel/component.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { validatingAdmissionPolicyKind } from '../../kinds/validatingadmissionpolicy/index.ts';
import { typeWarnings } from './type-checking.ts';

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
    const expressionWarnings = typeWarnings(state, policy);
    const typeChecking = expressionWarnings.length === 0 ? {} : { expressionWarnings };
    writeStatus(state, validatingAdmissionPolicyKind, policy, { ...policy.status, observedGeneration: generation, typeChecking });
  },
  timers: {},
};
