// Which webhooks a request concerns, and where they are.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/generic/webhook.go, configuration/*_webhook_manager.go,
// kube-aggregator/pkg/apiserver/resolvers.go, apiserver/pkg/util/webhook/client.go, client-go/rest/request.go (v1.33). Rule: U8.

import { compareText } from '../../apimachinery/text.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { forbiddenObject, type Status } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored, storedOf } from '../../kernel/store.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';
import type { WebhookService } from '../../kinds/shared/webhook-client.ts';
import type { Webhook, WebhookConfiguration } from '../../kinds/shared/webhooks.ts';
import type { Authorize } from '../admission/policies/index.ts';
import { conditionsHold } from '../admission/policies/evaluation.ts';
import { type AdmissionAttributes, matchedVersion } from '../admission/policies/matching.ts';
import type { WebhookCall } from './calls.ts';
import { viewsOf } from './views.ts';

/** A webhook of a configuration. */
export interface Hook {
  /** Tells it from all others of its resource. */
  readonly id: string;
  readonly webhook: Webhook;
}

/** All webhooks of a resource, in the order in which they are called. */
export function hooksOf(state: ClusterState, resource: string): readonly Hook[] {
  const rows = storedOf(state, resource);
  if (rows.size === 0) return [];
  return [...rows.values()]
    .map(({ object }) => object as WebhookConfiguration)
    .sort((a, b) => compareText(a.metadata.name, b.metadata.name))
    .flatMap(({ metadata, webhooks = [] }) =>
      webhooks.map((webhook) => ({ id: `${resource}/${metadata.name}/${webhook.name ?? ''}`, webhook })),
    );
}

/** The version in which a webhook is to be asked about a request; undefined: it is not to be. */
export function viewFor(
  state: ClusterState,
  { webhook }: Hook,
  attributes: AdmissionAttributes,
  requested: Kind,
  authorize: Authorize,
): { readonly view: Kind } | { readonly refusal: Status } | undefined {
  const { rules = [], matchConditions = [], failurePolicy } = webhook;
  // One without rules is about nothing.
  if (rules.length === 0) return undefined;
  const view = matchedVersion(state, { ...webhook, resourceRules: rules }, { ...attributes, kind: requested }, viewsOf(state, requested));
  if (view === undefined || matchConditions.length === 0) return view && { view };
  const holds = conditionsHold(matchConditions, { attributes, params: undefined, namespace: undefined, authorize });
  if (holds === true) return { view };
  if (holds === false || failurePolicy === 'Ignore') return undefined;
  return { refusal: forbiddenObject(requested, attributes.name, holds) };
}

/** The address of a service's webhook, as the API server writes it. */
export function serviceUrl({ name = '', namespace = '', path = '', port = 443 }: WebhookService): string {
  return `https://${name}.${namespace}.svc:${port}${path}`;
}

/** The address as the API server's REST client asks it: with a clean path, and without a slash at its end. */
export function cleanUrl(url: string): string {
  const [, base = '', path = ''] = /^([^/]*\/\/[^/]*)(.*)$/.exec(url) ?? [];
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `${base}/${names.join('/')}`;
}

/** Where a service is, or why it cannot be asked. */
export function locateHook(
  state: ClusterState,
  { name = '', namespace = '', port = 443 }: WebhookService,
): NonNullable<WebhookCall['service']> | { readonly failure: string } {
  const service = getStored(state, 'services', `${namespace}/${name}`)?.object as KubeObject | undefined;
  if (service === undefined) return { failure: `service ${JSON.stringify(name)} not found` };
  const { clusterIP = '', ports = [] } = service['spec'] as { clusterIP?: string; ports?: readonly { port: number }[] };
  if (!ports.some((item) => item.port === port)) return { failure: `no service port ${port} found for service ${JSON.stringify(name)}` };
  return { namespace, name, port, clusterIp: clusterIP };
}

/** Kinds that no webhook is asked about, so that they can always be mended. */
export function isExempt(kind: Kind): boolean {
  return kind.group === 'admissionregistration.k8s.io' && EXEMPT.has(resourceOf(kind));
}

const EXEMPT: ReadonlySet<string> = new Set([
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
]);
