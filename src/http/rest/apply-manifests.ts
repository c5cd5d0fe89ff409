// POST /v1/clusters/{cluster}/manifests

import { labelProblems } from '../../engine/apimachinery/names.ts';
import { ProblemError, problemOfStatus, refuse, refuseField } from '../errors.ts';
import { clientOf } from './command.ts';
import { defineEndpoint } from './endpoint.ts';
import { type Manifests, readManifests } from './manifests/documents.ts';
import { problemOfFailures, problemOfText } from './manifests/place.ts';
import { clusterParams } from './schemas/common.ts';
import { manifestResultsSchema, manifestsDescribed, manifestsQuery } from './schemas/manifests.ts';

/** Objects that one call may hand in; more would hold the service for too long. */
export const MANIFEST_OBJECTS_MAX = 5_000;

export const applyManifests = defineEndpoint({
  operationId: 'applyManifests',
  method: 'post',
  path: '/v1/clusters/{cluster}/manifests',
  tag: 'Manifests',
  summary: 'Hand manifests to the cluster',
  description:
    'YAML with any number of documents, or JSON: an object, a List or an array. Everything is checked first; when one thing is wrong, nothing is ' +
    'done, and the problem lists every mistake with document, line, column and field.',
  params: clusterParams,
  query: manifestsQuery,
  body: {
    kind: 'text',
    mediaTypes: ['application/json', 'application/yaml'],
    otherMediaTypes: ['application/x-yaml', 'text/yaml', 'text/x-yaml', 'text/vnd.yaml'],
    jsonSchema: manifestsDescribed,
    description: 'The manifests.',
  },
  answer: { status: 200, description: 'What was done with each object.', schema: manifestResultsSchema },
  problems: [
    'malformed-body',
    'invalid-manifest',
    'cluster-not-found',
    'not-found',
    'conflict',
    'body-too-large',
    'unsupported-media-type',
    'rejected',
    'limit-exceeded',
    'cluster-broken',
    'storage-unavailable',
    'storage-full',
  ],
  async handle({ params, query, body, request }, { service }) {
    service.get(params.cluster);
    const namespace = query.namespace ?? 'default';
    if (labelProblems(namespace).length > 0) refuseField('query', 'namespace', labelProblems(namespace).join('; '));
    const manifests = await readManifests(body);
    checkManifests(manifests);
    const command = {
      type: 'manifests',
      mode: query.mode ?? 'apply',
      namespace,
      objects: manifests.objects.map((object) => object.value),
      ...(query.dryRun === 'true' ? { dryRun: true } : {}),
    } as const;
    const { outcome } = await service.perform(params.cluster, command, clientOf(request));
    if (!outcome.ok) {
      throw new ProblemError(
        outcome.failures === undefined ? problemOfStatus(outcome.status) : problemOfFailures(outcome.failures, manifests),
      );
    }
    return { value: { items: [...(outcome.results ?? [])], warnings: [...outcome.warnings] } };
  },
});

function checkManifests({ objects, errors }: Manifests): void {
  if (errors.length > 0) throw new ProblemError(problemOfText(errors));
  if (objects.length === 0) refuse('malformed-body', 'There is no object in the body.');
  if (objects.length > MANIFEST_OBJECTS_MAX) {
    refuse('limit-exceeded', `${objects.length} objects are more than the ${MANIFEST_OBJECTS_MAX} that one call may hand in.`);
  }
}
