// The kind Node. Upstream: pkg/registry/core/node/strategy.go (v1.33). Rules: N8, N14, O13.

import { compareText } from '../../apimachinery/text.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { labelValueProblems, qualifiedNameProblems } from '../../apimachinery/names.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { Node } from './types.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';

export const nodeKind: Kind<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  categories: [],
  namespaced: false,
  schema: 'core.v1.Node',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: true,
  subresources: { proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'NodeProxyOptions' } },
  applyDefaults(draft) {
    draft.spec ??= {};
    draft.status ??= {};
    const { podCIDR } = draft.spec;
    // The older field wins where both are said and differ.
    if (podCIDR !== undefined && draft.spec.podCIDRs?.[0] !== podCIDR) draft.spec.podCIDRs = [podCIDR];
    draft.status['daemonEndpoints'] ??= { kubeletEndpoint: { Port: 0 } };
    draft.status.nodeInfo = { ...BLANK_NODE_INFO, ...draft.status.nodeInfo };
    if (draft.status.capacity !== undefined) draft.status.allocatable ??= { ...draft.status.capacity };
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<Node>['spec'];
    else draft.status = previous.status as Draft<Node>['status'];
  },
  validate: validateNode,
  validateUpdate: (node, previous, subresource) => (subresource === 'status' ? [] : keptErrors(node.spec, previous.spec)),
  warnings: ({ spec }) => {
    const { configSource, externalID = '' } = spec as { readonly configSource?: unknown; readonly externalID?: string };
    return [
      ...(configSource === undefined ? [] : ['spec.configSource: the feature is removed']),
      ...(externalID === '' ? [] : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
    ];
  },
  selectableFields: (node) => ({ 'spec.unschedulable': String(node.spec.unschedulable ?? false) }),
  columns: [
    NAME_COLUMN,
    column('Status'),
    column('Roles'),
    AGE_COLUMN,
    column('Version'),
    column('Internal-IP', 'string', 1),
    column('External-IP', 'string', 1),
    column('OS-Image', 'string', 1),
    column('Kernel-Version', 'string', 1),
    column('Container-Runtime', 'string', 1),
  ],
  cells: (node, nowMs) => {
    const info = node.status.nodeInfo ?? {};
    const address = (type: string): string => node.status.addresses?.find((item) => item.type === type)?.address ?? '<none>';
    const known = (value: string | undefined): string => (value === undefined || value === '' ? '<unknown>' : value);
    return [
      node.metadata.name,
      statusCell(node),
      rolesCell(node),
      ageOf(node, nowMs),
      info['kubeletVersion'] ?? '',
      address('InternalIP'),
      address('ExternalIP'),
      known(info['osImage']),
      known(info['kernelVersion']),
      known(info['containerRuntimeVersion']),
    ];
  },
};

/** F9: fields that are printed even when nobody has filled them in. */
const BLANK_NODE_INFO = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  containerRuntimeVersion: '',
  kubeletVersion: '',
  kubeProxyVersion: '',
  operatingSystem: '',
  architecture: '',
};

/** Ready, NotReady or Unknown, and whether the node is cordoned (N14). */
function statusCell(node: Node): string {
  const ready = node.status.conditions?.find((condition) => condition.type === 'Ready');
  const status = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec.unschedulable === true ? `${status},SchedulingDisabled` : status;
}

function rolesCell(node: Node): string {
  const labels = Object.entries(node.metadata.labels ?? {});
  const roles = labels.flatMap(([key, value]) =>
    key.startsWith(ROLE_PREFIX) ? [key.slice(ROLE_PREFIX.length)] : key === 'kubernetes.io/role' && value !== '' ? [value] : [],
  );
  const unique = [...new Set(roles.filter((role) => role !== ''))].sort(compareText);
  return unique.length === 0 ? '<none>' : unique.join(',');
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** What a node has been given once stays: its ranges of addresses and the machine that it is. */
function keptErrors(spec: Node['spec'], before: Node['spec']): readonly FieldError[] {
  const text = (field: string): string => `node updates may not change ${field} except from "" to valid`;
  const errors: FieldError[] = [];
  const ranges = (before as { readonly podCIDRs?: readonly string[] }).podCIDRs ?? [];
  if (ranges.length > 0 && !isJsonEqual(ranges, (spec as { readonly podCIDRs?: readonly string[] }).podCIDRs ?? []))
    errors.push(forbidden('spec.podCIDRs', text('podCIDR')));
  const [machine, after] = [before, spec].map((item) => (item as { readonly providerID?: string }).providerID ?? '');
  if (machine !== '' && machine !== after) errors.push(forbidden('spec.providerID', text('providerID')));
  return errors;
}

function validateNode(node: Node): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  (node.spec.taints ?? []).forEach((taint, index) => {
    // Upstream names the taints below metadata.
    const path = `metadata.taints[${index}]`;
    for (const problem of qualifiedNameProblems(taint.key ?? '')) errors.push(invalid(`${path}.key`, taint.key ?? '', problem));
    for (const problem of labelValueProblems(taint.value ?? '')) errors.push(invalid(`${path}.value`, taint.value, problem));
    if (taint.effect === ('' as string)) errors.push(required(`${path}.effect`));
    else if (!EFFECTS.includes(taint.effect)) errors.push(notSupported(`${path}.effect`, taint.effect, EFFECTS));
    const key = `${taint.key}:${taint.effect}`;
    if (seen.has(key))
      errors.push({ ...duplicate(`${path}`, taint.key), message: 'Duplicate value: taints must be unique by key and effect pair' });
    seen.add(key);
  });
  return errors;
}
