// The kind CertificateSigningRequest. Upstream: pkg/registry/certificates/certificates/strategy.go, printers.go printCertificateSigningRequest
// (v1.33). Rules: B5, I6, M11, N8.

import { formatTime, humanDuration, parseTime } from '../../apimachinery/time.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from './types.ts';
import { APPROVED, DENIED, FAILED, has, validateCertificate, validateConditions, validateRequest } from './validation.ts';

export const certificateSigningRequestKind: Kind<CertificateSigningRequest> = {
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  categories: [],
  namespaced: false,
  schema: 'certificates.v1.CertificateSigningRequest',
  nameFormat: 'path-segment',
  generation: 'none',
  hasStatus: true,
  subresources: { approval: { verbs: ['get', 'patch', 'update'], kind: 'CertificateSigningRequest' } },
  applyDefaults: () => undefined,
  claim({ spec }, { username, uid, groups, extra }) {
    // Who asks is for the server to say.
    Object.assign(spec, { username, uid, groups, extra });
    for (const member of ['username', 'uid', 'groups', 'extra'] as const) if (spec[member] === undefined) delete spec[member];
  },
  prepareForCreate(draft) {
    draft.spec ??= { request: '', signerName: '' };
    draft.status = {};
  },
  prepareForUpdate(draft, previous, subresource, { nowMs }) {
    draft.spec = previous.spec as Draft<CertificateSigningRequest>['spec'];
    if (subresource === '') {
      draft.status = previous.status as Draft<CertificateSigningRequest>['status'];
      return;
    }
    // Who approves says nothing else, and who signs does not approve.
    const kept = subresource === 'approval' ? [FAILED] : [APPROVED, DENIED];
    const given = ((draft.status?.conditions ?? []) as CertificateSigningRequestCondition[]).filter(({ type }) => !kept.includes(type));
    const before = previous.status.conditions ?? [];
    const conditions = [...before.filter(({ type }) => kept.includes(type)), ...given].map((condition) => dated(condition, before, nowMs));
    const certificate = subresource === 'approval' ? previous.status.certificate : draft.status?.certificate;
    draft.status = {
      ...(conditions.length === 0 ? {} : { conditions }),
      ...(certificate === undefined || certificate === '' ? {} : { certificate }),
    } as Draft<CertificateSigningRequest>['status'];
  },
  validate: validateRequest,
  validateUpdate: (csr, previous, subresource) =>
    subresource === '' ? [] : [...validateConditions(csr, previous), ...validateCertificate(csr, previous)],
  columns: [NAME_COLUMN, AGE_COLUMN, column('SignerName'), column('Requestor'), column('RequestedDuration'), column('Condition')],
  cells: (csr, nowMs) => [
    csr.metadata.name,
    ageOf(csr, nowMs),
    csr.spec.signerName === '' ? '<none>' : csr.spec.signerName,
    csr.spec.username ?? '',
    csr.spec.expirationSeconds === undefined ? '<none>' : humanDuration(csr.spec.expirationSeconds * 1000),
    standing(csr),
  ],
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec.signerName }),
};

function dated(
  condition: CertificateSigningRequestCondition,
  before: readonly CertificateSigningRequestCondition[],
  nowMs: number,
): CertificateSigningRequestCondition {
  const now = formatTime(nowMs);
  const old = before.find(({ type, status }) => type === condition.type && status === condition.status);
  return {
    ...condition,
    lastUpdateTime: isTime(condition.lastUpdateTime) ? condition.lastUpdateTime : now,
    lastTransitionTime: isTime(condition.lastTransitionTime) ? condition.lastTransitionTime : (old?.lastTransitionTime ?? now),
  };
}

function isTime(text: string | null | undefined): text is string {
  return parseTime(text ?? '') !== undefined;
}

/** What kubectl shows of it. */
function standing({ status: { conditions, certificate = '' } }: CertificateSigningRequest): string {
  const decided = has(conditions, DENIED) ? 'Denied' : has(conditions, APPROVED) ? 'Approved' : 'Pending';
  return [decided, ...(has(conditions, FAILED) ? ['Failed'] : []), ...(certificate === '' ? [] : ['Issued'])].join(',');
}
