// What webhook configurations must be, as tables.

import { describe, expect, it } from 'vitest';
import type { Draft } from '../../src/engine/kinds/kind.ts';
import { mutatingWebhookConfigurationKind } from '../../src/engine/kinds/mutatingwebhookconfiguration/index.ts';
import type { Webhook, WebhookConfiguration } from '../../src/engine/kinds/shared/webhooks.ts';
import { validatingWebhookConfigurationKind } from '../../src/engine/kinds/validatingwebhookconfiguration/index.ts';

const GOOD: Webhook = {
  name: 'a.b.c',
  clientConfig: { url: 'https://127.0.0.1:9443/x' },
  rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};

function problemsOf(...webhooks: readonly object[]): readonly string[] {
  const object = { webhooks: webhooks.map((webhook) => ({ ...GOOD, ...webhook })) } as unknown as WebhookConfiguration;
  return mutatingWebhookConfigurationKind.validate(object).map(({ field, message }) => `${field}: ${message}`);
}

describe('U8: what a webhook may be', () => {
  it.each<[string, object]>([
    ['at a url', {}],
    ['at a service', { clientConfig: { service: { name: 's', namespace: 'default', path: '/p', port: 443 } } }],
    ['at the root of a service', { clientConfig: { service: { name: 's', namespace: 'default', path: '' } } }],
    ['at a folder of a service', { clientConfig: { service: { name: 's', namespace: 'default', path: '/p/q.r/' } } }],
    ['with all that may be said', { failurePolicy: 'Ignore', matchPolicy: 'Exact', timeoutSeconds: 30, reinvocationPolicy: 'IfNeeded' }],
    ['asked in an older version', { admissionReviewVersions: ['v2', 'v1beta1'] }],
  ])('U8 it is good %s', (_title, webhook) => {
    expect(problemsOf(webhook)).toEqual([]);
  });

  it.each<[object, string]>([
    [{ name: '' }, 'webhooks[0].name: Required value'],
    [{ name: 'a.b' }, 'webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots'],
    [{ admissionReviewVersions: [] }, 'webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1'],
    [
      { admissionReviewVersions: ['v2'] },
      'webhooks[0].admissionReviewVersions: Invalid value: []string{"v2"}: must include at least one of v1, v1beta1',
    ],
    [{ sideEffects: undefined }, 'webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun'],
    [{ sideEffects: 'Some' }, 'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
    [{ failurePolicy: 'Try' }, 'webhooks[0].failurePolicy: Unsupported value: "Try": supported values: "Fail", "Ignore"'],
    [{ timeoutSeconds: 31 }, 'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
    [{ clientConfig: {} }, 'webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
    [
      { clientConfig: { url: 'http://127.0.0.1/x' } },
      `webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
    ],
    [
      { clientConfig: { url: 'https://u@h/x' } },
      'webhooks[0].clientConfig.url: Invalid value: "u": user information is not permitted in the URL',
    ],
    [
      { clientConfig: { url: 'https://h/x?a=b' } },
      'webhooks[0].clientConfig.url: Invalid value: "a=b": query parameters are not permitted in the URL',
    ],
    [
      { clientConfig: { service: { name: 's', namespace: 'n', port: 0 } } },
      'webhooks[0].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
    ],
    ...(
      [
        ['pq', `must start with a '/'`],
        ['//', 'segment[0] may not be empty'],
        ['/a//b', 'segment[1] may not be empty'],
        [
          '/A',
          "segment[0]: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        ],
      ] as const
    ).map(([path, problem]): [object, string] => [
      { clientConfig: { service: { name: 's', namespace: 'n', path } } },
      `webhooks[0].clientConfig.service.path: Invalid value: ${JSON.stringify(path)}: ${problem}`,
    ]),
    [
      { rules: [{ ...GOOD.rules?.[0], operations: ['READ'] }] },
      'webhooks[0].rules[0].operations[0]: Unsupported value: "READ": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
    ],
  ])('U8 %j is refused', (webhook, problem) => {
    expect(problemsOf(webhook)).toEqual([problem]);
  });

  it('U8 names are told apart', () => {
    expect(problemsOf({}, {})).toEqual(['webhooks[1].name: Duplicate value: "a.b.c"']);
  });

  it('U8 what is left out has its defaults', () => {
    const defaulted = (kind: typeof mutatingWebhookConfigurationKind): Draft<Webhook> => {
      const draft = { webhooks: [structuredClone({ ...GOOD, clientConfig: { service: { name: 's', namespace: 'n' } } })] };
      kind.applyDefaults(draft as unknown as Draft<WebhookConfiguration>);
      return draft.webhooks[0] as unknown as Draft<Webhook>;
    };
    const common = { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 };
    expect(defaulted(mutatingWebhookConfigurationKind)).toMatchObject({ ...common, reinvocationPolicy: 'Never' });
    expect(defaulted(validatingWebhookConfigurationKind)).toMatchObject({ ...common, clientConfig: { service: { port: 443 } } });
    expect(defaulted(validatingWebhookConfigurationKind)).not.toHaveProperty('reinvocationPolicy');
  });
});
