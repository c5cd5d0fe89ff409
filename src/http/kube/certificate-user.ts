// Who comes with a certificate of the cluster's authority. Upstream: apiserver/pkg/authentication/request/x509/x509.go (v1.33). Rules: Q11.

import { X509Certificate } from 'node:crypto';
import { authorityCertificate, type UserInfo, withCommonGroups } from '../../engine/cluster/index.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';

/** Where the server puts the certificate that a client has shown, in base64; see hosts/client-certificate.ts. */
export const CLIENT_CERTIFICATE_HEADER = 'x-orrery-client-certificate';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';

/** The user that a certificate names; `refused` when it is none of this cluster, or not good now; undefined without one. */
export function certificateUser(state: ClusterState, headers: Headers): UserInfo | 'refused' | undefined {
  const given = headers.get(CLIENT_CERTIFICATE_HEADER);
  if (given === null) return undefined;
  const certificate = readCertificate(given);
  return certificate !== undefined && isGood(state, certificate) ? userOf(certificate) : 'refused';
}

function readCertificate(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

/** By the clock of the cluster. */
function isGood(state: ClusterState, certificate: X509Certificate): boolean {
  const authority = new X509Certificate(authorityCertificate(state));
  const isNow = Date.parse(certificate.validFrom) <= state.nowMs && state.nowMs <= Date.parse(certificate.validTo);
  const isForClients = certificate.keyUsage?.some((usage) => usage === CLIENT_AUTH || usage === ANY_USAGE) === true;
  return isNow && isForClients && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/** The common name is the user, organizations are his groups. */
function userOf(certificate: X509Certificate): UserInfo | 'refused' {
  const { CN: name, O: groups = [] } = certificate.toLegacyObject().subject as Readonly<Record<string, string | string[]>>;
  const username = typeof name === 'string' ? name : name?.at(-1);
  if (username === undefined || username === '') return 'refused';
  return { username, groups: withCommonGroups(username, [groups].flat()) };
}
