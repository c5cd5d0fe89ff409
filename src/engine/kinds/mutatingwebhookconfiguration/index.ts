// The kind MutatingWebhookConfiguration. Upstream: pkg/registry/admissionregistration/mutatingwebhookconfiguration/strategy.go (v1.33).

import { webhookConfigurationKind } from '../shared/webhooks.ts';

export const mutatingWebhookConfigurationKind = webhookConfigurationKind(
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
  true,
);
