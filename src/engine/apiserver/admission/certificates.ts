// Who may ask for, approve and sign certificates of whom. Upstream: plugin/pkg/admission/certificates/{approval,signing,subjectrestriction}/admission.go
// (v1.33). Rules: Q12.

import { forbiddenObject, type Status } from '../../apimachinery/status.ts';
import { isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import { readRequest } from '../../apimachinery/x509/request.ts';
import { certificateSigningRequestKind } from '../../kinds/certificatesigningrequest/index.ts';
import type { CertificateSigningRequest } from '../../kinds/certificatesigningrequest/types.ts';
import { requestText } from '../../kinds/certificatesigningrequest/validation.ts';
import { type Draft, type Kind, resourceOf } from '../../kinds/kind.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { authorize } from '../authorization/authorizer.ts';
import { MASTERS_GROUP, type UserInfo } from '../authentication/user.ts';
import type { ApiRequest } from '../request-types.ts';

export const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

/** Why a write of a request for a certificate is refused. */
export function refuseCertificate(
  state: ClusterState,
  kind: Kind,
  { subresource, user }: ApiRequest,
  draft: Draft<KubeObject>,
  present: KubeObject | undefined,
): Status | undefined {
  if (resourceOf(kind) !== resourceOf(certificateSigningRequestKind as Kind)) return undefined;
  const csr = draft as CertificateSigningRequest;
  if (present === undefined) return refuseSubject(csr);
  const { signerName } = (present as CertificateSigningRequest).spec;
  if (user === undefined) return undefined;
  if (subresource === 'approval' && !isAuthorized(state, user, 'approve', signerName))
    return refuse(present.metadata.name, `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`);
  const isSame = isJsonEqual(csr.status ?? {}, (present as CertificateSigningRequest).status);
  if (subresource === 'status' && !isSame && !isAuthorized(state, user, 'sign', signerName))
    return refuse(present.metadata.name, `user not permitted to sign requests with signerName ${JSON.stringify(signerName)}`);
  return undefined;
}

/** Nobody becomes a master by a certificate of this signer. */
function refuseSubject({ metadata, spec }: CertificateSigningRequest): Status | undefined {
  if (spec?.signerName !== CLIENT_SIGNER || typeof spec.request !== 'string') return undefined;
  const read = readRequest(requestText({ spec } as CertificateSigningRequest));
  if (!read.ok || !read.value.organizations.includes(MASTERS_GROUP)) return undefined;
  return refuse(metadata.name, `use of ${CLIENT_SIGNER} signer with ${MASTERS_GROUP} group is not allowed`);
}

function refuse(name: string, why: string): Status {
  return forbiddenObject(certificateSigningRequestKind, name, why);
}

/** For a signer, or for all of its domain. */
function isAuthorized(state: ClusterState, user: UserInfo, verb: string, signerName: string): boolean {
  const names = [signerName, `${signerName.split('/')[0]}/*`];
  return names.some((name) => {
    const attributes = { isResource: true, verb, group: 'certificates.k8s.io', resource: 'signers', namespace: undefined, name } as const;
    return authorize(state, user, attributes).isAllowed;
  });
}
