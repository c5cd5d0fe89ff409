// GET /v1/clusters/{cluster}/images/{reference}

import { ownImages } from '../../engine/cluster/index.ts';
import { refuse } from '../errors.ts';
import { defineEndpoint } from './endpoint.ts';
import { writtenBehavior } from './written-behavior.ts';
import { imageParams, imageSchema } from './schemas/image.ts';

export const getImage = defineEndpoint({
  operationId: 'getImage',
  method: 'get',
  path: '/v1/clusters/{cluster}/images/{reference}',
  tag: 'Images',
  summary: "Show the cluster's own behaviour of an image",
  description: 'Lists as lists and durations as text, however it was given. What the built-in catalogue knows of images is not shown.',
  params: imageParams,
  answer: { status: 200, description: 'The behaviour.', schema: imageSchema },
  readsPast: true,
  problems: ['cluster-not-found', 'image-not-found', 'cluster-broken'],
  handle({ params }, { service }) {
    const { cluster, reference } = params;
    const behavior = service.read(cluster, (state) => ownImages(state).get(reference));
    if (behavior === undefined) return refuse('image-not-found', `The cluster ${cluster} has no behaviour of its own for ${reference}.`);
    return { value: { reference, behavior: writtenBehavior(behavior) } };
  },
});
