// What is wrong with a CertificateSigningRequest. Upstream: pkg/apis/certificates/validation/validation.go, pkg/apis/core/validation
// ValidateSignerName (v1.33). Rules: M11.

import { decodeBase64, decodeBytes } from '../../apimachinery/base64.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  type GoText,
  goText,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/field-errors.ts';
import { subdomainProblems } from '../../apimachinery/names.ts';
import { readRequest } from '../../apimachinery/x509/request.ts';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from './types.ts';

export const APPROVED = 'Approved';
export const DENIED = 'Denied';
export const FAILED = 'Failed';

const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const EXPIRATION_SECONDS_MIN = 600;
/** A valid signer's path is a DNS name and a path of at most 571 characters. */
const SIGNER_LENGTH_MAX = 571;

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

/** The request in PEM. */
export function requestText({ spec }: CertificateSigningRequest): string {
  return decodeBase64(spec.request ?? '');
}

export function validateRequest(csr: CertificateSigningRequest): readonly FieldError[] {
  const { request, signerName, expirationSeconds, usages = [] } = csr.spec;
  const errors: FieldError[] = [];
  const read = readRequest(requestText(csr));
  if (!read.ok) errors.push(invalid('spec.request', goBytes(request ?? ''), read.error));
  if (usages.length === 0) errors.push(required('spec.usages'));
  usages.forEach((usage, index) => {
    if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, USAGES));
  });
  usages.forEach((usage, index) => {
    if (usages.indexOf(usage) < index) errors.push(duplicate(`spec.usages[${index}]`, usage));
  });
  if (signerName === LEGACY_SIGNER)
    errors.push(invalid('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version'));
  else errors.push(...validateSigner(signerName ?? ''));
  if (expirationSeconds !== undefined && expirationSeconds < EXPIRATION_SECONDS_MIN)
    errors.push(invalid('spec.expirationSeconds', expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)'));
  return errors;
}

/** The bytes as Go writes them. */
function goBytes(base64: string): GoText {
  const decoded = decodeBytes(base64);
  const bytes = decoded.ok ? decoded.bytes : [];
  if (bytes.length === 0) return goText('[]byte(nil)');
  return goText(`[]byte{${bytes.map((byte) => `0x${byte.toString(16)}`).join(', ')}}`);
}

function validateSigner(name: string): readonly FieldError[] {
  const path = 'spec.signerName';
  if (name === '') return [required(path)];
  const [domain = '', rest = '', ...more] = name.split('/');
  if (!name.includes('/') || more.length > 0)
    return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  const errors = subdomainProblems(domain).map((problem) => invalid(path, domain, problem));
  if (!domain.includes('.')) errors.push(invalid(path, name, 'should be a domain with at least two segments separated by dots'));
  if (rest === '') errors.push(invalid(path, name, 'validating name "": name part must be non-empty'));
  else errors.push(...subdomainProblems(rest).map((problem) => invalid(path, rest, problem)));
  if (name.length > SIGNER_LENGTH_MAX) errors.push(invalid(path, name, `must be no more than ${SIGNER_LENGTH_MAX} characters`));
  return errors;
}

/** Conditions of a request that was there before. */
export function validateConditions(csr: CertificateSigningRequest, previous: CertificateSigningRequest): readonly FieldError[] {
  const path = 'status.conditions';
  const { conditions = [] } = csr.status;
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  conditions.forEach((condition, index) => {
    const { type, status } = condition;
    if (type === '') errors.push(required(`${path}[${index}].type`));
    const isOwn = [APPROVED, DENIED, FAILED].includes(type);
    if (isOwn && status !== 'True')
      errors.push(status === '' ? required(`${path}[${index}].status`) : notSupported(`${path}[${index}].status`, status, ['True']));
    else if (!['True', 'False', 'Unknown'].includes(status))
      errors.push(
        status === ''
          ? required(`${path}[${index}].status`)
          : notSupported(`${path}[${index}].status`, status, ['True', 'False', 'Unknown']),
      );
    const excluded = type === APPROVED ? DENIED : APPROVED;
    if ((type === APPROVED || type === DENIED) && seen.has(excluded))
      errors.push(invalid(`${path}[${index}].type`, type, 'Approved and Denied conditions are mutually exclusive'));
    if (seen.has(type)) errors.push(duplicate(`${path}[${index}].type`, type));
    seen.add(type);
  });
  for (const type of [APPROVED, DENIED, FAILED]) {
    if (has(previous.status.conditions, type) && !has(conditions, type))
      errors.push(forbidden(path, `updates may not remove a condition of type ${JSON.stringify(type)}`));
  }
  return errors;
}

/** Status and certificate; a certificate that is there stays. */
export function validateCertificate(csr: CertificateSigningRequest, previous: CertificateSigningRequest): readonly FieldError[] {
  const { certificate = '' } = csr.status;
  const before = previous.status.certificate ?? '';
  if (certificate === before) return [];
  if (before !== '') return [forbidden('status.certificate', 'updates may not set certificate content to a different value once set')];
  const errors: FieldError[] = [];
  if (!/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(decodeBase64(certificate)))
    errors.push(invalid('status.certificate', '<certificate data>', 'must contain at least one CERTIFICATE PEM block'));
  return errors;
}

export function has(conditions: readonly CertificateSigningRequestCondition[] | undefined, type: string): boolean {
  return conditions?.some((condition) => condition.type === type) === true;
}
