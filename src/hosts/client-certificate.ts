// The certificate with which a client came, as a header that only the server itself can set: what a client sends under this name is removed. Whose it
// is and whether it is good is for the cluster to say that it is about.

import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { CLIENT_CERTIFICATE_HEADER } from '../http/kube/certificate-user.ts';
import { removeHeaders } from './forwarded.ts';

/** Sets the header, or removes it. */
export function carryCertificate(incoming: IncomingMessage): void {
  const { headers, rawHeaders, socket } = incoming;
  if (headers[CLIENT_CERTIFICATE_HEADER] !== undefined) removeHeaders(incoming, [CLIENT_CERTIFICATE_HEADER]);
  const raw = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : undefined;
  if (raw === undefined) return;
  const text = raw.toString('base64');
  headers[CLIENT_CERTIFICATE_HEADER] = text;
  rawHeaders.push(CLIENT_CERTIFICATE_HEADER, text);
}
