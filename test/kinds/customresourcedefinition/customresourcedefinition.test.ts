// What is refused of a definition, in upstream's words.

import { describe, expect, it } from 'vitest';
import { validateDefinition } from '../../../src/engine/kinds/customresourcedefinition/validation.ts';
import type { CustomResourceDefinition } from '../../../src/engine/kinds/customresourcedefinition/types.ts';

const VERSION = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };

function definition(spec: object, metadata: object = {}): CustomResourceDefinition {
  return {
    metadata: { name: 'widgets.example.com', ...metadata },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [VERSION],
      ...spec,
    },
  } as unknown as CustomResourceDefinition;
}

function schema(openAPIV3Schema: object): object {
  return { versions: [{ ...VERSION, schema: { openAPIV3Schema } }] };
}

const AT = 'spec.versions[0].schema.openAPIV3Schema';

describe('P1: validation of CustomResourceDefinitions', () => {
  it.each<[string, CustomResourceDefinition, string[]]>([
    ['nothing wrong', definition({}), []],
    [
      'another name',
      definition({}, { name: 'x.example.com' }),
      ['metadata.name: Invalid value: "x.example.com": must be spec.names.plural+"."+spec.group'],
    ],
    ['no scope', definition({ scope: '' }), ['spec.scope: Required value']],
    ['another scope', definition({ scope: 'All' }), ['spec.scope: Unsupported value: "All": supported values: "Cluster", "Namespaced"']],
    [
      'no stored version',
      definition({ versions: [{ ...VERSION, storage: false }] }),
      ['spec.versions: Invalid value: ["v1"]: must have exactly one version marked as storage version'],
    ],
    ...(
      [
        ['no client', {}, ['webhookClientConfig: Required value: required when strategy is set to Webhook']],
        [
          'neither url nor service',
          { clientConfig: {} },
          ['webhookClientConfig: Required value: exactly one of url or service is required'],
        ],
        [
          'a service without a name',
          { clientConfig: { service: { namespace: 'n' } } },
          ['webhookClientConfig.service.namespace: Required value: service namespace is required'],
        ],
        [
          'an address that is not secure',
          { clientConfig: { url: 'http://h/c' } },
          [`webhookClientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`],
        ],
        [
          'no versions of reviews',
          { clientConfig: { url: 'https://h' }, conversionReviewVersions: [] },
          ['conversionReviewVersions: Required value'],
        ],
        [
          'unknown versions of reviews',
          { clientConfig: { url: 'https://h' }, conversionReviewVersions: ['v2', 'v2'] },
          [
            'conversionReviewVersions[1]: Invalid value: "v2": duplicate version',
            'conversionReviewVersions: Invalid value: []string{"v2", "v2"}: must include at least one of v1, v1beta1',
          ],
        ],
      ] as const
    ).map(([title, webhook, errors]): [string, CustomResourceDefinition, string[]] => [
      `O15 a conversion webhook with ${title}`,
      definition({ conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], ...webhook } } }),
      errors.map((error) => `spec.conversion.${error}`),
    ]),
    [
      'O15 a conversion webhook that is not called',
      definition({ conversion: { strategy: 'None', webhook: { clientConfig: { url: 'https://h' }, conversionReviewVersions: ['v1'] } } }),
      ['webhookClientConfig', 'conversionReviewVersions'].map(
        (field) => `spec.conversion.${field}: Forbidden: should not be set when strategy is not set to Webhook`,
      ),
    ],
    ['no schema', definition({ versions: [{ ...VERSION, schema: undefined }] }), [`${AT}: Required value: schemas are required`]],
    ['no type', definition(schema({})), [`${AT}.type: Required value: must not be empty at the root`]],
    ['no type of a root that preserves', definition(schema({ 'x-kubernetes-preserve-unknown-fields': true })), []],
    [
      'members that are named and any others',
      definition(
        schema({
          type: 'object',
          properties: { a: { type: 'object', properties: { b: { type: 'string' } }, additionalProperties: true } },
        }),
      ),
      [],
    ],
    ...[false, { type: 'string' }].map((additionalProperties): [string, CustomResourceDefinition, string[]] => [
      `members that are named and others: ${JSON.stringify(additionalProperties)}`,
      definition(
        schema({ type: 'object', properties: { a: { type: 'object', properties: { b: { type: 'string' } }, additionalProperties } } }),
      ),
      [`${AT}.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
    ]),
    [
      'any members at the root',
      definition(schema({ type: 'object', additionalProperties: true })),
      [`${AT}.additionalProperties: Forbidden: must not be used at the root`],
    ],
    [
      'no type of a field',
      definition(schema({ type: 'object', properties: { a: {} } })),
      [`${AT}.properties[a].type: Required value: must not be empty for specified object fields`],
    ],
    [
      'no items',
      definition(schema({ type: 'object', properties: { a: { type: 'array' } } })),
      [`${AT}.properties[a].items: Required value: must be specified`],
    ],
    [
      'a pattern that RE2 cannot read',
      definition(schema({ type: 'object', properties: { a: { type: 'string', pattern: '^(?=x)' } } })),
      [
        `${AT}.properties[a].pattern: Invalid value: "^(?=x)": must be a valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl syntax: \`(?=\``,
      ],
    ],
    [
      'such patterns anywhere inside',
      definition(
        schema({
          type: 'object',
          properties: { a: { type: 'array', items: { type: 'string', anyOf: [{ pattern: '(' }, { not: { pattern: '+' } }] } } },
        }),
      ),
      [
        `${AT}.properties[a].items.anyOf[0].pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(\``,
        `${AT}.properties[a].items.anyOf[1].not.pattern: Invalid value: "+": must be a valid regular expression, but isn't: error parsing regexp: missing argument to repetition operator: \`+\``,
      ],
    ],
    [
      'a pattern whose program is huge',
      definition(schema({ type: 'object', properties: { a: { type: 'string', pattern: '((a{1,30}){1,30}bcd){1,9}[a-z]{900}{2}' } } })),
      [
        `${AT}.properties[a].pattern: Invalid value: "((a{1,30}){1,30}bcd){1,9}[a-z]{900}{2}": must be a valid regular expression, but isn't: error parsing regexp: expression too large`,
      ],
    ],
    [
      'many patterns that are huge together',
      definition(
        schema({
          type: 'object',
          properties: Object.fromEntries(
            Array.from({ length: 60 }, (_, index) => [`a${index}`, { type: 'string', pattern: `x${index}y{900}` }]),
          ),
        }),
      ),
      [`${AT}.properties[a55].pattern: Forbidden: the patterns of all schemas together are too large`],
    ],
  ])('%s', (_, object, problems) => {
    expect(validateDefinition(object).map(({ field, message }) => `${field}: ${message}`)).toEqual(problems);
  });
});
