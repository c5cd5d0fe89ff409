// DELETE /v1/clusters/{cluster}/images/{reference}

import { ownImages } from '../../engine/cluster/index.ts';
import { refuse } from '../errors.ts';
import { runCommand } from './command.ts';
import { defineEndpoint } from './endpoint.ts';
import { imageParams } from './schemas/image.ts';

export const deleteImage = defineEndpoint({
  operationId: 'deleteImage',
  method: 'delete',
  path: '/v1/clusters/{cluster}/images/{reference}',
  tag: 'Images',
  summary: "Forget the cluster's own behaviour of an image",
  description: 'Containers that start from now on behave as the built-in catalogue says; running ones go on as they began.',
  params: imageParams,
  answer: { status: 204, description: 'The image behaves as the built-in catalogue says.' },
  problems: ['cluster-not-found', 'image-not-found', 'busy', 'cluster-broken', 'storage-unavailable', 'storage-full'],
  async handle({ params, request }, { service }) {
    const { cluster, reference } = params;
    const isKnown = service.read(cluster, (state) => ownImages(state).has(reference));
    if (!isKnown) refuse('image-not-found', `The cluster ${cluster} has no behaviour of its own for ${reference}.`);
    await runCommand(service, cluster, { type: 'image', reference, behavior: null }, request);
    return { value: undefined };
  },
});
