// Validation of what a definition says of conversion between its versions.
// Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go validateCustomResourceConversion (v1.33). Rules: P1, O15.
// Omits: whether `caBundle` holds certificates, and what is let pass because it was so before.

import { type FieldError, forbidden, goStrings, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { dns1035Problems } from '../../apimachinery/names.ts';
import { serviceErrors, urlErrors, type WebhookClient } from '../shared/webhook-client.ts';
import type { DefinitionConversion } from './types.ts';

const STRATEGIES = ['None', 'Webhook'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];

/** Errors are about the fields of the older version of definitions, as upstream's are. */
export function validateConversion(conversion: DefinitionConversion | undefined, at: string): readonly FieldError[] {
  const { strategy = 'None', webhook } = conversion ?? {};
  const errors: FieldError[] = [];
  if (strategy === '') errors.push(required(`${at}.strategy`));
  else if (!STRATEGIES.includes(strategy)) errors.push(notSupported(`${at}.strategy`, strategy, STRATEGIES));
  const { clientConfig, conversionReviewVersions } = webhook ?? {};
  const versions = conversionReviewVersions ?? [];
  const config = `${at}.webhookClientConfig`;
  const reviews = `${at}.conversionReviewVersions`;
  if (strategy === 'Webhook') return [...errors, ...clientErrors(clientConfig, config), ...versionErrors(versions, reviews)];
  const text = 'should not be set when strategy is not set to Webhook';
  if (clientConfig !== undefined) errors.push(forbidden(config, text));
  if (versions.length > 0) errors.push(forbidden(reviews, text));
  return errors;
}

function clientErrors(client: WebhookClient | undefined, at: string): readonly FieldError[] {
  if (client === undefined) return [required(at, 'required when strategy is set to Webhook')];
  const { url, service } = client;
  if ((url === undefined) === (service === undefined)) return [required(at, 'exactly one of url or service is required')];
  if (service === undefined) return urlErrors(url ?? '', `${at}.url`);
  // Upstream gives name and namespace in the other order: what one lacks is said of the other.
  const { name = '', namespace = '' } = service;
  return serviceErrors({ ...service, name: namespace, namespace: name }, `${at}.service`);
}

function versionErrors(versions: readonly string[], at: string): readonly FieldError[] {
  if (versions.length === 0) return [required(at)];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  versions.forEach((version, index) => {
    const path = `${at}[${index}]`;
    if (seen.has(version)) errors.push(invalid(path, version, 'duplicate version'));
    else errors.push(...dns1035Problems(version).map((problem) => invalid(path, version, problem)));
    seen.add(version);
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version)))
    errors.push(invalid(at, goStrings(versions), `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
  return errors;
}
