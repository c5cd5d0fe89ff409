// PUT /v1/clusters/{cluster}/images/{reference}

import { runCommand } from './command.ts';
import { defineEndpoint } from './endpoint.ts';
import { writtenBehavior } from './written-behavior.ts';
import { imageBehaviorSchema, imageParams, imageSchema } from './schemas/image.ts';

export const putImage = defineEndpoint({
  operationId: 'setImage',
  method: 'put',
  path: '/v1/clusters/{cluster}/images/{reference}',
  tag: 'Images',
  summary: 'Say how containers of an image behave',
  description: 'Containers that start from now on behave so; running ones go on as they began.',
  params: imageParams,
  body: { kind: 'json', schema: imageBehaviorSchema, description: 'The behaviour.' },
  answer: { status: 200, description: 'The behaviour.', schema: imageSchema },
  problems: [
    'malformed-body',
    'cluster-not-found',
    'busy',
    'body-too-large',
    'unsupported-media-type',
    'cluster-broken',
    'storage-unavailable',
    'storage-full',
  ],
  async handle({ params, body, request }, { service }) {
    const { cluster, reference } = params;
    await runCommand(service, cluster, { type: 'image', reference, behavior: body }, request);
    return { value: { reference, behavior: writtenBehavior(body) } };
  },
});
