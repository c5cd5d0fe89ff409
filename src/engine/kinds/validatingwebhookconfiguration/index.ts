// The kind ValidatingWebhookConfiguration. Upstream: pkg/registry/admissionregistration/validatingwebhookconfiguration/strategy.go (v1.33).

import { webhookConfigurationKind } from '../shared/webhooks.ts';

export const validatingWebhookConfigurationKind = webhookConfigurationKind(
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
  false,
);
