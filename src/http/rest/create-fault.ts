// POST /v1/clusters/{cluster}/faults

import { getFault } from '../../engine/cluster/index.ts';
import { runCommand } from './command.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams } from './schemas/common.ts';
import { createFaultSchema, describeFault, faultFrom, faultSchema } from './schemas/fault.ts';

export const createFault = defineEndpoint({
  operationId: 'createFault',
  method: 'post',
  path: '/v1/clusters/{cluster}/faults',
  tag: 'Faults',
  summary: 'Let something go wrong',
  description: 'Now or later, for a time or until it is deleted. A fault is a command like any other: recorded, replayable, deterministic.',
  params: clusterParams,
  body: { kind: 'json', schema: createFaultSchema, description: 'The fault.' },
  answer: { status: 201, description: 'The fault.', schema: faultSchema, headers: { Location: 'Path of the fault.' } },
  problems: [
    'malformed-body',
    'cluster-not-found',
    'rejected',
    'busy',
    'body-too-large',
    'unsupported-media-type',
    'cluster-broken',
    'storage-unavailable',
    'storage-full',
  ],
  async handle({ params, body, request }, { service }) {
    const { cluster } = params;
    const command = { type: 'fault', fault: faultFrom(body), afterMs: body.after ?? 0, forMs: body.for ?? null } as const;
    const { outcome } = await runCommand(service, cluster, command, request);
    const row = service.read(cluster, (state) => {
      const found = getFault(state, outcome.fault ?? '');
      if (found === undefined) throw new Error('the fault that was just made is not there');
      return { ...found };
    });
    return { value: describeFault(row), headers: { Location: `/v1/clusters/${cluster}/faults/${row.id}` } };
  },
});
