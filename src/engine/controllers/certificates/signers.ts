// What the signers of a cluster ask of a request. Upstream: pkg/controller/certificates/signer/signer.go, pkg/apis/certificates/helpers.go (v1.33).
// Rules: C945. `kubernetes.io/legacy-unknown` cannot be asked for in this version of the API.

import type { CertificateRequest } from '../../apimachinery/x509/request.ts';
import { CLIENT_SIGNER } from '../../apiserver/admission/certificates.ts';
import type { CertificateSigningRequest } from '../../kinds/certificatesigningrequest/types.ts';

export const KUBELET_CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet';

const NODE_GROUP = 'system:nodes';
const NODE_PREFIX = 'system:node:';

const CLIENT_AUTH = 'client auth';
const OPTIONAL_USAGES = ['digital signature', 'key encipherment'];

type Check = (request: CertificateRequest, usages: readonly string[]) => string | undefined;

const SIGNERS: Readonly<Record<string, Check>> = {
  [CLIENT_SIGNER]: (_, usages) => refuseClientUsages(usages),
  [KUBELET_CLIENT_SIGNER]: refuseKubeletClient,
  'kubernetes.io/kubelet-serving': refuseKubeletServing,
};

/** Why a request is not signed; undefined when it is. */
export function refuseToSign(
  { signerName, usages = [] }: CertificateSigningRequest['spec'],
  request: CertificateRequest,
): string | 'not ours' | undefined {
  const check = Object.hasOwn(SIGNERS, signerName) ? SIGNERS[signerName] : undefined;
  return check === undefined ? 'not ours' : check(request, usages);
}

function refuseClientUsages(usages: readonly string[]): string | undefined {
  const wrong = usages.find((usage) => usage !== CLIENT_AUTH && !OPTIONAL_USAGES.includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes(CLIENT_AUTH) ? undefined : `missing required usage for client certificate: ${CLIENT_AUTH}`;
}

/** What the certificate by which a kubelet comes to the API server must be. */
export function refuseKubeletClient(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return `subject organization is not ${NODE_GROUP}`;
  const named = (['DNS', 'Email', 'IP', 'URI'] as const).find((kind) => request.nameKinds.includes(kind));
  if (named !== undefined) return `${named} subjectAltNames are not allowed`;
  return refuseNodeName(request) ?? refuseNodeUsages(usages, CLIENT_AUTH);
}

function refuseKubeletServing(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { nameKinds } = request;
  if (!isOfNodes(request)) return `subject organization is not ${NODE_GROUP}`;
  if (!nameKinds.includes('DNS') && !nameKinds.includes('IP')) return 'DNS or IP subjectAltName is required';
  const named = (['Email', 'URI'] as const).find((kind) => nameKinds.includes(kind));
  if (named !== undefined) return `${named} subjectAltNames are not allowed`;
  return refuseNodeUsages(usages, 'server auth') ?? refuseNodeName(request);
}

function isOfNodes({ organizations }: CertificateRequest): boolean {
  return organizations.length === 1 && organizations[0] === NODE_GROUP;
}

function refuseNodeName({ commonName }: CertificateRequest): string | undefined {
  return commonName.startsWith(NODE_PREFIX) ? undefined : `subject common name does not begin with ${NODE_PREFIX}`;
}

/** A key that is none of RSA needs no encipherment. */
function refuseNodeUsages(usages: readonly string[], main: string): string | undefined {
  const wanted = [main, ...OPTIONAL_USAGES].sort();
  const lacking = wanted.filter((usage) => !usages.includes(usage));
  const isWhole = lacking.length === 0 || (lacking.length === 1 && lacking[0] === 'key encipherment');
  return isWhole && usages.every((usage) => wanted.includes(usage)) ? undefined : `usages did not match [${wanted.join(' ')}]`;
}
