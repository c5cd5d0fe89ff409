// The kind APIService. Upstream: kube-aggregator/pkg/registry/apiservice/{strategy,etcd/etcd}.go, pkg/apis/apiregistration/{v1/defaults,
// validation/validation}.go (v1.33). Rules: C942, I5, I6, N8, P1.
// Deviation: requests are not passed on to the service of an aggregated API, and a built-in group is served whether its APIService is there or not.

import { type FieldError, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { dns1035Problems, subdomainProblems } from '../../apimachinery/names.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { ApiService, ApiServiceCondition } from './types.ts';

export const AVAILABLE = 'Available';
const STATUSES = ['True', 'False', 'Unknown'];
const GROUP_PRIORITY_MAX = 20_000;
const VERSION_PRIORITY_MAX = 1_000;

export const apiServiceKind: Kind<ApiService> = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  singular: 'apiservice',
  shortNames: [],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'aggregator.apiregistration.v1.APIService',
  nameFormat: 'path-segment',
  generation: 'none',
  hasStatus: true,
  requiresVersionOnUpdate: true,
  applyDefaults({ spec }) {
    if (spec?.service !== undefined) spec.service.port ??= 443;
  },
  prepareForCreate(draft, { nowMs }) {
    draft.spec ??= { groupPriorityMinimum: 0, versionPriority: 0 };
    draft.status = {};
    if (draft.spec.service !== undefined) return;
    const reason = { reason: 'Local', message: 'Local APIServices are always available' };
    draft.status.conditions = [{ type: AVAILABLE, status: 'True', lastTransitionTime: formatTime(nowMs), ...reason }];
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<ApiService>['spec'];
    else draft.status = previous.status as Draft<ApiService>['status'];
  },
  validate: validateApiService,
  validateUpdate: ({ status }, _previous, subresource) => (subresource === 'status' ? statusErrors(status) : []),
  columns: [NAME_COLUMN, column('Service'), column('Available'), AGE_COLUMN],
  cells: (service, nowMs) => [
    service.metadata.name,
    service.spec.service === undefined ? 'Local' : `${service.spec.service.namespace}/${service.spec.service.name}`,
    availability(service.status?.conditions?.find(({ type }) => type === AVAILABLE)),
    ageOf(service, nowMs),
  ],
};

/** `v1.apps`; `v1.` for the core group. */
export function apiServiceName(group: string, version: string): string {
  return `${version}.${group}`;
}

function availability(condition: ApiServiceCondition | undefined): string {
  if (condition === undefined) return 'Unknown';
  const { status, reason = '' } = condition;
  return status === 'True' || reason === '' ? status : `${status} (${reason})`;
}

function validateApiService({ metadata, spec }: ApiService): readonly FieldError[] {
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0, service } = spec;
  const errors: FieldError[] = [];
  const name = apiServiceName(group, version);
  if (metadata.name !== name)
    errors.push(invalid('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`));
  if (group === '' && version !== 'v1') errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
  if (group !== '') for (const problem of subdomainProblems(group)) errors.push(invalid('spec.group', group, problem));
  for (const problem of dns1035Problems(version)) errors.push(invalid('spec.version', version, problem));
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > GROUP_PRIORITY_MAX)
    errors.push(invalid('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000'));
  if (versionPriority <= 0 || versionPriority > VERSION_PRIORITY_MAX)
    errors.push(invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000'));
  errors.push(...(service === undefined ? localErrors(spec) : remoteErrors(spec, service)));
  return errors;
}

function statusErrors({ conditions = [] }: ApiService['status'] = {}): readonly FieldError[] {
  return conditions.flatMap(({ status }, index) =>
    STATUSES.includes(status) ? [] : [notSupported(`status.conditions[${index}].status`, status, STATUSES)],
  );
}

function localErrors({ caBundle = '', insecureSkipTLSVerify = false }: ApiService['spec']): readonly FieldError[] {
  const bytes = Math.floor((caBundle.replace(/=+$/, '').length * 3) / 4);
  return [
    ...(bytes === 0 ? [] : [invalid('spec.caBundle', `${bytes} bytes`, 'local APIServices may not have a caBundle')]),
    ...(insecureSkipTLSVerify ? [invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify')] : []),
  ];
}

function remoteErrors(
  { caBundle = '', insecureSkipTLSVerify = false }: ApiService['spec'],
  { namespace = '', name = '', port = 0 }: NonNullable<ApiService['spec']['service']>,
): readonly FieldError[] {
  return [
    ...(namespace === '' ? [required('spec.service.namespace')] : []),
    ...(name === '' ? [required('spec.service.name')] : []),
    ...(port < 1 || port > 65_535
      ? [invalid('spec.service.port', goText(String(port)), 'port is not valid: must be between 1 and 65535, inclusive')]
      : []),
    ...(insecureSkipTLSVerify && caBundle !== ''
      ? [invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')]
      : []),
  ];
}
