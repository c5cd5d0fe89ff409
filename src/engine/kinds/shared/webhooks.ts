// What the two kinds of webhook configurations share: their shape, defaults and validation.
// Upstream: staging/src/k8s.io/api/admissionregistration/v1/types.go, pkg/apis/admissionregistration/{v1/defaults.go,validation/validation.go} (v1.33).
// Rules: P1, U8.

import { duplicate, type FieldError, goStrings, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import type { LabelSelector } from '../../apimachinery/labels.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { dns1035Problems, subdomainProblems } from '../../apimachinery/names.ts';
import type { Draft, Kind } from '../kind.ts';
import { admissionEnvironment, compileAdmission } from './admission-cel.ts';
import {
  type AdmissionRule,
  conditionErrors,
  defaultRules,
  FAILURE_POLICIES,
  MATCH_POLICIES,
  type MatchCondition,
  ruleErrors,
} from './admission-match.ts';
import { AGE_COLUMN, ageOf, type column, NAME_COLUMN } from './columns.ts';
import { validateLabelSelector } from './selector-validation.ts';
import { clientErrors, PORT_DEFAULT, type WebhookClient } from './webhook-client.ts';

export interface Webhook {
  readonly name?: string;
  readonly clientConfig?: WebhookClient;
  readonly rules?: readonly AdmissionRule[];
  readonly failurePolicy?: string;
  readonly matchPolicy?: string;
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly sideEffects?: string;
  readonly timeoutSeconds?: number;
  readonly admissionReviewVersions?: readonly string[];
  readonly reinvocationPolicy?: string;
  readonly matchConditions?: readonly MatchCondition[];
}

export interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly Webhook[];
}

const TIMEOUT_SECONDS_DEFAULT = 10;
const TIMEOUT_SECONDS_MAX = 30;
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const REINVOCATIONS = ['IfNeeded', 'Never'];

/** The kind of webhooks that change objects, or of those that only judge them. */
export function webhookConfigurationKind(name: string, plural: string, isMutating: boolean): Kind<WebhookConfiguration> {
  return {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    kind: name,
    plural,
    singular: name.toLowerCase(),
    shortNames: [],
    categories: ['api-extensions'],
    namespaced: false,
    schema: `admissionregistration.v1.${name}`,
    nameFormat: 'subdomain',
    generation: 'content',
    hasStatus: false,
    applyDefaults: ({ webhooks }) => {
      for (const webhook of webhooks ?? []) defaultWebhook(webhook, isMutating);
    },
    validate: ({ webhooks = [] }) => webhooksErrors(webhooks),
    columns: [NAME_COLUMN, WEBHOOKS_COLUMN, AGE_COLUMN],
    cells: (configuration, nowMs) => [configuration.metadata.name, (configuration.webhooks ?? []).length, ageOf(configuration, nowMs)],
  };
}

const WEBHOOKS_COLUMN: ReturnType<typeof column> = {
  name: 'Webhooks',
  type: 'integer',
  format: '',
  description: 'Webhooks indicates the number of webhooks in this configuration',
  priority: 0,
};

function defaultWebhook(webhook: Draft<Webhook>, isMutating: boolean): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= TIMEOUT_SECONDS_DEFAULT;
  if (isMutating) webhook.reinvocationPolicy ??= 'Never';
  if (webhook.clientConfig?.service !== undefined) webhook.clientConfig.service.port ??= PORT_DEFAULT;
  defaultRules(webhook.rules);
}

function webhooksErrors(webhooks: readonly Webhook[]): readonly FieldError[] {
  const seen = new Set<string>();
  return webhooks.flatMap((webhook, index) => {
    const at = `webhooks[${index}]`;
    const { name = '' } = webhook;
    const errors = [
      ...webhookErrors(webhook, at),
      ...versionErrors(webhook.admissionReviewVersions ?? [], `${at}.admissionReviewVersions`),
    ];
    if (name !== '' && seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    seen.add(name);
    return errors;
  });
}

function webhookErrors(webhook: Webhook, at: string): readonly FieldError[] {
  const {
    name = '',
    rules = [],
    failurePolicy = 'Fail',
    matchPolicy = 'Equivalent',
    sideEffects,
    timeoutSeconds,
    reinvocationPolicy,
  } = webhook;
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${at}.name`));
  else {
    errors.push(...subdomainProblems(name).map((problem) => invalid(`${at}.name`, name, problem)));
    if (name.split('.').length < 3)
      errors.push(invalid(`${at}.name`, name, 'should be a domain with at least three segments separated by dots'));
  }
  rules.forEach((rule, index) => errors.push(...ruleErrors(rule, `${at}.rules[${index}]`)));
  if (!FAILURE_POLICIES.includes(failurePolicy)) errors.push(notSupported(`${at}.failurePolicy`, failurePolicy, FAILURE_POLICIES));
  if (!MATCH_POLICIES.includes(matchPolicy)) errors.push(notSupported(`${at}.matchPolicy`, matchPolicy, MATCH_POLICIES));
  if (sideEffects === undefined) errors.push(required(`${at}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`));
  else if (!SIDE_EFFECTS.includes(sideEffects)) errors.push(notSupported(`${at}.sideEffects`, sideEffects, SIDE_EFFECTS));
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > TIMEOUT_SECONDS_MAX))
    errors.push(invalid(`${at}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'));
  errors.push(...validateLabelSelector(webhook.namespaceSelector ?? {}, `${at}.namespaceSelector`));
  errors.push(...validateLabelSelector(webhook.objectSelector ?? {}, `${at}.objectSelector`));
  if (reinvocationPolicy !== undefined && !REINVOCATIONS.includes(reinvocationPolicy))
    errors.push(notSupported(`${at}.reinvocationPolicy`, reinvocationPolicy, REINVOCATIONS));
  errors.push(...clientErrors(webhook.clientConfig ?? {}, `${at}.clientConfig`));
  const environment = admissionEnvironment({ hasParams: false, hasAuthorizer: true });
  const compile = (expression: string): string | undefined => {
    const compiled = compileAdmission(expression, environment, ['bool']);
    return compiled.ok ? undefined : compiled.problem;
  };
  return [...errors, ...conditionErrors(webhook.matchConditions, `${at}.matchConditions`, compile)];
}

function versionErrors(versions: readonly string[], at: string): readonly FieldError[] {
  if (versions.length === 0) return [required(at, 'must specify one of v1, v1beta1')];
  const errors = versions.flatMap((version, index) => {
    const path = `${at}[${index}]`;
    if (versions.indexOf(version) < index) return [invalid(path, version, 'duplicate version')];
    return dns1035Problems(version).map((problem) => invalid(path, version, problem));
  });
  if (!versions.some((version) => version === 'v1' || version === 'v1beta1'))
    errors.push(invalid(at, goStrings(versions), 'must include at least one of v1, v1beta1'));
  return errors;
}
