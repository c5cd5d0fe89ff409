// POST /v1/clusters/import

import { z } from '@hono/zod-openapi';
import { ENGINE_VERSION } from '../../engine/cluster/index.ts';
import { refuseField } from '../errors.ts';
import { describeCluster, linksOf } from './describe-cluster.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { differenceFrom } from './get-difference.ts';
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
    'Executes every command of the recording. With `check=strict` the first one that leads to another digest than the recording says ends it, and there is no cluster; with `check=report` the cluster is made all the same, as this version of the engine does it, and the answer says what differs: the commands, and where the recording has its state (`GET …/export?state=true`) the objects by field. ' +
    'With `check=recorded` nothing is executed: the cluster is opened at the recorded state and goes on from there, and its past is served as it was recorded (`recorded`). What is recorded is trusted then.',
  query: z.strictObject({
    name: clusterNameSchema
      .optional()
      .openapi({ description: 'Absent: the name in the recording, or one that is made up when it is taken.' }),
    check: z
      .enum(['strict', 'report', 'recorded'], { error: 'must be strict, report or recorded' })
      .optional()
      .openapi({ description: 'Default: strict; of a recording with its state that another version of the engine made: recorded.' }),
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
  async handle({ query, body, request }, context) {
    const { clusters } = context;
    const { engine, config, genesisDigest, commands, state } = readRecording(body.text);
    const check = query.check ?? (state !== undefined && engine !== ENGINE_VERSION ? 'recorded' : 'strict');
    if (check === 'recorded' && state === undefined) refuseField('query', 'check', 'the recording has no state; export it with state=true');
    const replay = {
      genesisDigest,
      commands,
      isStrict: check === 'strict',
      ...(check === 'recorded' && state !== undefined ? { state } : {}),
    };
    const create = (name: string) => clusters.import({ ...config, name }, replay);
    const own = query.name ?? (config.name !== '' && !clusters.has(config.name) ? config.name : undefined);
    const { info, differences } = await (own === undefined
      ? underFreeName(config.name === '' ? 'cluster' : config.name, create)
      : create(own));
    const difference = check === 'report' && state !== undefined ? await differenceFrom(request, context, info.name, state) : undefined;
    return {
      value: {
        cluster: describeCluster(info),
        engine: engine ?? 'unknown',
        differences: [...differences],
        ...(difference === undefined ? {} : { difference }),
      },
      headers: { Location: linksOf(info.name).self },
    };
  },
});
