// The certificate that the service makes for itself, for tls.ts, which loads this only when it needs one.

import { isIP } from 'node:net';
// Statically: asked for by `import()`, a package that is CommonJS has other exports in a bundle than it has in Node.
import { generate } from 'selfsigned';
import type { TlsMaterial } from './tls.ts';

const LIFETIME_DAYS = 3_650;
const DAY_MS = 86_400_000;

/** Makes one that clients can trust by itself, in PEM. */
export async function makeCertificate(names: readonly string[]): Promise<TlsMaterial> {
  const altNames = names.map((name) => (isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name }));
  const made = await generate([{ name: 'commonName', value: 'orrery' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + LIFETIME_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { cert: made.cert, key: made.private, authority: made.cert };
}
