// Requests for certificates: the built-in signers sign what was approved, and what is old is removed.
// Upstream: pkg/controller/certificates/{signer/signer.go,authority/policies.go,cleaner/cleaner.go}, pkg/apis/certificates/helpers.go (v1.33).
// Rules: C945. Deviation: requests of kubelets are approved by nobody by themselves.

import { encodeBase64 } from '../../apimachinery/base64.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { signCertificate } from '../../apimachinery/x509/certificate.ts';
import { type CertificateRequest, readRequest } from '../../apimachinery/x509/request.ts';
import { deleteObject, getObject, listObjects, writeStatus } from '../../apiserver/api.ts';
import { CLIENT_SIGNER } from '../../apiserver/certificate-admission.ts';
import { certificateSigningRequestKind } from '../../kinds/certificatesigningrequest/index.ts';
import type { CertificateSigningRequest } from '../../kinds/certificatesigningrequest/types.ts';
import { APPROVED, DENIED, FAILED, has, requestText } from '../../kinds/certificatesigningrequest/validation.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { type Component, TIMER_RANKS } from '../../kernel/component.ts';
import { drawBelow } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { setTimer } from '../../kernel/timers.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { authorityOf } from './authority.ts';

const QUEUE = 'certificates';
const CLEAN_TIMER = 'certificates.clean';

const HOUR_MS = 3_600_000;
/** How long what is decided is kept, and what nobody decides. */
const DECIDED_MS = HOUR_MS;
const PENDING_MS = 24 * HOUR_MS;
/** A certificate lives a year unless less is asked for, and begins a little earlier, for clocks that go slow. */
const DURATION_MS = 8_760 * HOUR_MS;
const BACKDATE_MS = 300_000;
const SERIAL_BYTES = 16;

interface Signer {
  readonly allowed: readonly string[];
  readonly required: string;
  /** What else is wrong with a request. */
  readonly refuse?: (request: CertificateRequest) => string | undefined;
}

const NODE_GROUP = 'system:nodes';
const NODE_PREFIX = 'system:node:';

function refuseNode({ commonName, organizations, names }: CertificateRequest, wantsNames: boolean): string | undefined {
  if (organizations.length !== 1 || organizations[0] !== NODE_GROUP) return `subject organization is not ${NODE_GROUP}`;
  if (!commonName.startsWith(NODE_PREFIX)) return `subject common name does not begin with ${NODE_PREFIX}`;
  if (wantsNames && names === undefined) return 'DNS or IP subjectAltName is required';
  return !wantsNames && names !== undefined ? 'DNS subjectAltNames are not allowed' : undefined;
}

const SIGNERS: Readonly<Record<string, Signer>> = {
  [CLIENT_SIGNER]: { allowed: ['digital signature', 'key encipherment', 'client auth'], required: 'client auth' },
  'kubernetes.io/kube-apiserver-client-kubelet': {
    allowed: ['digital signature', 'key encipherment', 'client auth'],
    required: 'client auth',
    refuse: (request) => refuseNode(request, false),
  },
  'kubernetes.io/kubelet-serving': {
    allowed: ['digital signature', 'key encipherment', 'server auth'],
    required: 'server auth',
    refuse: (request) => refuseNode(request, true),
  },
};

export const certificatesController: Component = {
  name: QUEUE,
  watches: {
    [resourceOf(certificateSigningRequestKind)]: (state, change) => {
      if (change.type === 'DELETED') return;
      enqueue(state, QUEUE, change.object.metadata.name);
      armCleaner(state);
    },
  },
  reconcile: signRequest,
  timers: { [CLEAN_TIMER]: clean },
};

/** Signs a request that was approved, for a signer that is the cluster's own. */
function signRequest(state: ClusterState, name: string): void {
  const csr = getObject(state, certificateSigningRequestKind, undefined, name);
  const { conditions, certificate = '' } = csr?.status ?? {};
  if (csr === undefined || certificate !== '' || !has(conditions, APPROVED) || has(conditions, DENIED) || has(conditions, FAILED)) return;
  const signer = Object.hasOwn(SIGNERS, csr.spec.signerName) ? SIGNERS[csr.spec.signerName] : undefined;
  if (signer === undefined) return;
  const read = readRequest(requestText(csr));
  const problem = read.ok ? (refuseUsages(csr, signer) ?? signer.refuse?.(read.value)) : read.error;
  if (problem !== undefined) return fail(state, csr, problem);
  if (read.ok) issue(state, csr, read.value);
}

function refuseUsages({ spec: { usages = [] } }: CertificateSigningRequest, { allowed, required }: Signer): string | undefined {
  const isRight = usages.includes(required) && usages.every((usage) => allowed.includes(usage));
  return isRight ? undefined : `usages did not match [${[...allowed].sort().join(' ')}]`;
}

function fail(state: ClusterState, csr: CertificateSigningRequest, message: string): void {
  const now = formatTime(state.nowMs);
  const condition = {
    type: FAILED,
    status: 'True',
    reason: 'SignerValidationFailed',
    message,
    lastUpdateTime: now,
    lastTransitionTime: now,
  };
  writeStatus(state, certificateSigningRequestKind, csr, { ...csr.status, conditions: [...(csr.status.conditions ?? []), condition] });
}

function issue(state: ClusterState, csr: CertificateSigningRequest, request: CertificateRequest): void {
  const { expirationSeconds, usages = [] } = csr.spec;
  const authority = authorityOf(state);
  const lifetimeMs = expirationSeconds === undefined ? DURATION_MS : Math.min(expirationSeconds * 1000, DURATION_MS);
  const notBeforeMs = state.nowMs - BACKDATE_MS;
  const certificate = signCertificate(authority, {
    subject: request.subject,
    publicKey: request.publicKey,
    serial: Array.from({ length: SERIAL_BYTES }, () => drawBelow(state, 'certificate-serial', 256)),
    notBeforeMs,
    notAfterMs: Math.min(expirationSeconds === undefined ? notBeforeMs + lifetimeMs : state.nowMs + lifetimeMs, authority.notAfterMs),
    usages,
    names: request.names,
  });
  writeStatus(state, certificateSigningRequestKind, csr, { ...csr.status, certificate: encodeBase64(certificate) });
}

/** The cleaner looks every hour; while there is nothing to look at, it need not. */
function armCleaner(state: ClusterState): void {
  const dueMs = state.startMs + (Math.floor((state.nowMs - state.startMs) / HOUR_MS) + 1) * HOUR_MS;
  setTimer(state, { dueMs, rank: TIMER_RANKS.controller, order: 0, owner: CLEAN_TIMER, key: QUEUE });
}

function clean(state: ClusterState): void {
  let isLeft = false;
  for (const csr of listObjects<CertificateSigningRequest>(state, certificateSigningRequestKind)) {
    const { name, uid } = csr.metadata;
    if (isOld(state, csr)) deleteObject(state, certificateSigningRequestKind, undefined, name, { preconditions: { uid } });
    else isLeft = true;
  }
  if (isLeft) armCleaner(state);
}

function isOld({ nowMs }: ClusterState, { metadata, status }: CertificateSigningRequest): boolean {
  const { conditions = [], certificate = '' } = status;
  const isPast = (text: string | null | undefined, ms: number): boolean => (parseTime(text ?? '') ?? nowMs) + ms < nowMs;
  const isDecided = (type: string): boolean => conditions.some((item) => item.type === type && isPast(item.lastUpdateTime, DECIDED_MS));
  if (isDecided(DENIED) || isDecided(FAILED)) return true;
  if (certificate !== '' && isDecided(APPROVED)) return true;
  return conditions.length === 0 && isPast(metadata.creationTimestamp, PENDING_MS);
}
