// Requests for certificates: the built-in signers sign what was approved, and what is old is removed.
// Upstream: pkg/controller/certificates/{approver/sarapprove.go,signer/signer.go,authority/policies.go,cleaner/cleaner.go} (v1.33). Rules: C945, C946.

import { encodeBase64 } from '../../apimachinery/base64.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { signCertificate } from '../../apimachinery/x509/certificate.ts';
import { type CertificateRequest, readRequest } from '../../apimachinery/x509/request.ts';
import { deleteObject, getObject, listObjects, writeStatus } from '../../apiserver/api.ts';
import { certificateSigningRequestKind } from '../../kinds/certificatesigningrequest/index.ts';
import type { CertificateSigningRequest } from '../../kinds/certificatesigningrequest/types.ts';
import { APPROVED, DENIED, FAILED, has, requestText } from '../../kinds/certificatesigningrequest/validation.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { type Component, TIMER_RANKS } from '../../kernel/component.ts';
import { drawBelow } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { setTimer } from '../../kernel/timers.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { authorityOf } from '../shared/authority.ts';
import { approvalOf } from './approval.ts';
import { refuseToSign } from './signers.ts';

const QUEUE = 'certificates';
const CLEAN_TIMER = 'certificates.clean';

const HOUR_MS = 3_600_000;
/** How long what is decided is kept, and what nobody decides. */
const DECIDED_MS = HOUR_MS;
const PENDING_MS = 24 * HOUR_MS;
/** A certificate lives a year unless less is asked for, and begins a little earlier, for clocks that go slow. */
const DURATION_MS = 8_760 * HOUR_MS;
const BACKDATE_MS = 300_000;
const LEAST_MS = 600_000;
const SHORT_MS = 8 * HOUR_MS;
const SERIAL_BYTES = 16;

export const certificatesController: Component = {
  name: QUEUE,
  watches: {
    [resourceOf(certificateSigningRequestKind)]: (state, change) => {
      if (change.type === 'DELETED') return;
      enqueue(state, QUEUE, change.object.metadata.name);
      armCleaner(state);
    },
  },
  reconcile(state, name) {
    const csr = getObject(state, certificateSigningRequestKind, undefined, name);
    if (csr === undefined || (csr.status.certificate ?? '') !== '') return;
    const read = readRequest(requestText(csr));
    if (!read.ok) return;
    approve(state, csr, read.value);
    sign(state, csr, read.value);
  },
  timers: { [CLEAN_TIMER]: clean },
};

/** C946: what a kubelet asks for is approved where who asks may ask for it. The change of the condition brings the signer. */
function approve(state: ClusterState, csr: CertificateSigningRequest, request: CertificateRequest): void {
  const { conditions = [] } = csr.status;
  if (has(conditions, APPROVED) || has(conditions, DENIED)) return;
  const message = approvalOf(state, csr, request);
  if (message !== undefined) addCondition(state, csr, { type: APPROVED, reason: 'AutoApproved', message });
}

/** C945: signs a request that was approved, for a signer that is the cluster's own. */
function sign(state: ClusterState, csr: CertificateSigningRequest, request: CertificateRequest): void {
  const { conditions } = csr.status;
  if (!has(conditions, APPROVED) || has(conditions, DENIED) || has(conditions, FAILED)) return;
  const verdict = refuseToSign(csr.spec, request);
  if (verdict === 'not ours') return;
  if (verdict === undefined) issue(state, csr, request);
  else addCondition(state, csr, { type: FAILED, reason: 'SignerValidationFailure', message: verdict });
}

function addCondition(
  state: ClusterState,
  csr: CertificateSigningRequest,
  said: { readonly type: string; readonly reason: string; readonly message: string },
): void {
  const now = formatTime(state.nowMs);
  const condition = { ...said, status: 'True', lastUpdateTime: now, lastTransitionTime: now };
  writeStatus(state, certificateSigningRequestKind, csr, { ...csr.status, conditions: [...(csr.status.conditions ?? []), condition] });
}

function issue(state: ClusterState, csr: CertificateSigningRequest, request: CertificateRequest): void {
  const { expirationSeconds, usages = [] } = csr.spec;
  const authority = authorityOf(state);
  const lifetimeMs = expirationSeconds === undefined ? DURATION_MS : Math.min(Math.max(expirationSeconds * 1000, LEAST_MS), DURATION_MS);
  // What lives long ends a little earlier too, so that it lives for as long as was asked for.
  const endMs = state.nowMs + (lifetimeMs < SHORT_MS ? lifetimeMs : lifetimeMs - BACKDATE_MS);
  const certificate = signCertificate(authority, {
    subject: request.subject,
    publicKey: request.publicKey,
    serial: Array.from({ length: SERIAL_BYTES }, () => drawBelow(state, 'certificate-serial', 256)),
    notBeforeMs: state.nowMs - BACKDATE_MS,
    notAfterMs: Math.min(endMs, authority.notAfterMs),
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
