// What a pod may say about its place (C811, C838), in the words of the API server.

import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { validateAffinity, validateSpread } from '../../../src/engine/kinds/shared/placement-validation.ts';
import type { PodSpec } from '../../../src/engine/kinds/shared/pod-spec.ts';

const node = (text: string): string => `{affinity: {nodeAffinity: ${text}}}`;
const near = (text: string): string => `{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [${text}]}}}`;
const spread = (...constraints: string[]): string => `{topologySpreadConstraints: [${constraints.join(', ')}]}`;
const requiring = (text: string): string => node(`{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [${text}]}}`);
const TERMS = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const NEAR = 'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]';
const FIRST = 'spec.topologySpreadConstraints[0]';

it.each<[string, string, readonly string[]]>([
  ['nothing', '{}', []],
  ['P4 no term', requiring(''), [`${TERMS}: Required value: must have at least one node selector term`]],
  [
    'P4 values',
    requiring('{matchExpressions: [{key: a, operator: In}]}'),
    [`${TERMS}[0].matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`],
  ],
  [
    'P4 no values',
    requiring('{matchExpressions: [{key: a, operator: Exists, values: [b]}]}'),
    [`${TERMS}[0].matchExpressions[0].values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`],
  ],
  [
    'P4 one value',
    requiring('{matchExpressions: [{key: a, operator: Gt, values: ["1", "2"]}]}'),
    [`${TERMS}[0].matchExpressions[0].values: Required value: must be specified single value when \`operator\` is 'Lt' or 'Gt'`],
  ],
  [
    'P4 operator',
    requiring('{matchExpressions: [{key: a, operator: Is}]}'),
    [`${TERMS}[0].matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator`],
  ],
  [
    'P4 field',
    requiring('{matchFields: [{key: metadata.uid, operator: In, values: [a]}]}'),
    [`${TERMS}[0].matchFields[0].key: Invalid value: "metadata.uid": not a valid field selector key`],
  ],
  [
    'P4 field values',
    requiring('{matchFields: [{key: metadata.name, operator: In, values: [a, b]}]}'),
    [
      `${TERMS}[0].matchFields[0].values: Required value: must be only one value when \`operator\` is 'In' or 'NotIn' for node field selector`,
    ],
  ],
  [
    'P4 weight',
    node('{preferredDuringSchedulingIgnoredDuringExecution: [{weight: 101, preference: {}}]}'),
    [
      'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100',
    ],
  ],
  [
    'C838 topology key',
    spread('{maxSkew: 1, whenUnsatisfiable: DoNotSchedule}'),
    [`${FIRST}.topologyKey: Required value: can not be empty`],
  ],
  [
    'C811 selector',
    near('{topologyKey: a, labelSelector: {matchExpressions: [{key: a, operator: Is}]}}'),
    [`${NEAR}.labelSelector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator`],
  ],
  [
    'C838 skew',
    spread('{maxSkew: 0, topologyKey: a, whenUnsatisfiable: DoNotSchedule}'),
    [`${FIRST}.maxSkew: Invalid value: 0: must be greater than zero`],
  ],
  [
    'C838 action',
    spread('{maxSkew: 1, topologyKey: a, whenUnsatisfiable: Never}'),
    [`${FIRST}.whenUnsatisfiable: Unsupported value: "Never": supported values: "DoNotSchedule", "ScheduleAnyway"`],
  ],
  [
    'C838 twice',
    spread(...Array.from({ length: 2 }, () => '{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}')),
    [`${FIRST}.{topologyKey, whenUnsatisfiable}: Duplicate value: "{a, DoNotSchedule}"`],
  ],
  [
    'C838 domains',
    spread('{maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway, minDomains: 2}'),
    [`${FIRST}.minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway`],
  ],
  [
    'C838 policy',
    spread('{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule, nodeTaintsPolicy: Maybe}'),
    [`${FIRST}.nodeTaintsPolicy: Unsupported value: "Maybe": supported values: "Honor", "Ignore"`],
  ],
  [
    'C838 keys',
    spread('{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [b]}'),
    [`${FIRST}.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set`],
  ],
])('%s', (_title, spec, expected) => {
  const given = parse(spec) as PodSpec;
  const errors = [...validateAffinity(given.affinity ?? {}, 'spec.affinity'), ...validateSpread(given, 'spec.topologySpreadConstraints')];
  expect(errors.map(({ field, message }) => `${field}: ${message}`)).toEqual(expected);
});
