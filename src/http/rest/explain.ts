// GET /v1/clusters/{cluster}/explain

import { z } from '@hono/zod-openapi';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import { clusterKinds, explain } from '../../engine/cluster/index.ts';
import { storedResourceOf } from '../../engine/kinds/kind.ts';
import { refuse, refuseField } from '../errors.ts';
import { defineEndpoint } from './endpoint.ts';
import { findKind, resourceNames } from '../resource-names.ts';
import { clusterParams, queryText } from './schemas/common.ts';
import { explanationSchema } from './schemas/explain.ts';

export const explainObject = defineEndpoint({
  operationId: 'explainObject',
  method: 'get',
  path: '/v1/clusters/{cluster}/explain',
  tag: 'History',
  summary: 'Say why an object is as it is',
  description:
    'In sentences, each with the objects, fields and events that prove it, with what would change it, and with a link into the Kubernetes documentation. ' +
    'Nothing is guessed and nothing is changed; an object with which nothing is wrong has one finding, `healthy`. ' +
    'Sentences come in the language that the client wants of those that there are; names, reasons, fields and what Kubernetes says stay as they are.',
  params: clusterParams,
  query: z.strictObject({
    resource: queryText('As kubectl takes it.', 'pods'),
    namespace: queryText('Default `default`; not for cluster-scoped resources.', 'default').optional(),
    name: queryText('Name of the object.', 'web'),
  }),
  answer: { status: 200, description: 'What there is to say of it.', schema: explanationSchema },
  readsPast: true,
  speaks: true,
  problems: ['cluster-not-found', 'not-found', 'cluster-broken'],
  handle({ params: { cluster }, query, language }, { service }) {
    const { resource, namespace, name } = query;
    const found = service.read(cluster, (state) => {
      const kinds = clusterKinds(state);
      const kind = findKind(kinds, resource);
      if (kind === undefined) return refuseField('query', 'resource', `there is no such resource; known are ${resourceNames(kinds)}`);
      if (!kind.namespaced && namespace !== undefined) return refuseField('query', 'namespace', `${kind.plural} have no namespace`);
      const explained = explain(state, kind, kind.namespaced ? (namespace ?? 'default') : undefined, name, language);
      return explained === undefined
        ? refuse(
            'not-found',
            `${storedResourceOf(kind)} "${name}" not found${kind.namespaced ? ` in the namespace ${namespace ?? 'default'}` : ''}.`,
          )
        : { ...explained, resource: storedResourceOf(kind), nowMs: state.nowMs };
    });
    const { metadata } = found.object;
    return {
      value: {
        resource: found.resource,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        name,
        time: formatInstant(found.nowMs),
        resourceVersion: metadata.resourceVersion,
        findings: found.findings.map((finding) => ({ ...finding, because: [...finding.because] })),
      },
    };
  },
});
