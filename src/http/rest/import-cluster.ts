// POST /v1/clusters/import

import { z } from '@hono/zod-openapi';
import { describeCluster, linksOf } from './describe-cluster.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { underFreeName } from './free-name.ts';
import { readRecording, RECORDING_TYPE } from './recording.ts';
import { clusterNameSchema } from './schemas/common.ts';
import { importedSchema } from './schemas/recording.ts';

export const importCluster = defineFrontEndpoint({
  operationId: 'importCluster',
  method: 'post',
  path: '/v1/clusters/import',
  tag: 'History',
  summary: 'Make a cluster from a recording',
  description:
    'Executes every command of the recording. With `check=strict` the first one that leads to another digest than the recording says ends it, and there is no cluster; with `check=report` the cluster is made all the same, as this version of the engine does it, and the answer says what differs.',
  query: z.strictObject({
    name: clusterNameSchema
      .optional()
      .openapi({ description: 'Absent: the name in the recording, or one that is made up when it is taken.' }),
    check: z.enum(['strict', 'report'], { error: 'must be strict or report' }).optional().openapi({ description: 'Default: strict.' }),
  }),
  body: { kind: 'text', mediaTypes: [RECORDING_TYPE], description: 'The recording.' },
  answer: {
    status: 201,
    description: 'The cluster, and what differs.',
    schema: importedSchema,
    headers: { Location: 'Path of the cluster.' },
  },
  problems: [
    'malformed-body',
    'recording-differs',
    'cluster-exists',
    'body-too-large',
    'unsupported-media-type',
    'limit-exceeded',
    'storage-unavailable',
    'storage-full',
  ],
  async handle({ query, body }, { clusters }) {
    const { config, genesisDigest, commands } = readRecording(body.text);
    const isStrict = query.check !== 'report';
    const create = (name: string) => clusters.import({ ...config, name }, { genesisDigest, commands, isStrict });
    const own = query.name ?? (config.name !== '' && !clusters.has(config.name) ? config.name : undefined);
    const { info, differences } = await (own === undefined
      ? underFreeName(config.name === '' ? 'cluster' : config.name, create)
      : create(own));
    return { value: { cluster: describeCluster(info), differences: [...differences] }, headers: { Location: linksOf(info.name).self } };
  },
});
