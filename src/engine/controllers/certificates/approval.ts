// Who may have the certificate of a kubelet without being asked about. Upstream: pkg/controller/certificates/approver/sarapprove.go (v1.33).
// Rules: C946. The cluster binds the roles `system:certificates.k8s.io:certificatesigningrequests:nodeclient` and `:selfnodeclient` to nobody, as an API
// server does; kubeadm binds them to its bootstrap tokens and to nodes.

import type { CertificateRequest } from '../../apimachinery/x509/request.ts';
import { authorize } from '../../apiserver/authorization/authorizer.ts';
import type { CertificateSigningRequest } from '../../kinds/certificatesigningrequest/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { KUBELET_CLIENT_SIGNER, refuseKubeletClient } from './signers.ts';

/** With what words a request is approved by itself; undefined when somebody has to. */
export function approvalOf(state: ClusterState, { spec }: CertificateSigningRequest, request: CertificateRequest): string | undefined {
  const { signerName, usages = [], username = '' } = spec;
  if (signerName !== KUBELET_CLIENT_SIGNER || refuseKubeletClient(request, usages) !== undefined) return undefined;
  if (username === request.commonName && mayCreate(state, spec, 'selfnodeclient'))
    return 'Auto approving self kubelet client certificate after SubjectAccessReview.';
  return mayCreate(state, spec, 'nodeclient') ? 'Auto approving kubelet client certificate after SubjectAccessReview.' : undefined;
}

function mayCreate(state: ClusterState, { username = '', groups = [] }: CertificateSigningRequest['spec'], subresource: string): boolean {
  const attributes = {
    isResource: true,
    verb: 'create',
    group: 'certificates.k8s.io',
    resource: 'certificatesigningrequests',
    subresource,
    namespace: undefined,
    name: '',
  } as const;
  return authorize(state, { username, groups }, attributes).isAllowed;
}
