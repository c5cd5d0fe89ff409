import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import { KINDS } from '../../../src/engine/kinds/index.ts';
import { parseTable } from '../../support/text-table.ts';

describe('C1022 C1023 fields that can be selected, besides name and namespace', () => {
  const rows = parseTable(`
    rule  | kind                  | fields
    C1022 | Pod                   | spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName spec.hostNetwork status.phase status.podIP status.nominatedNodeName
    C1023 | Event                 | involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid involvedObject.apiVersion involvedObject.resourceVersion involvedObject.fieldPath reason reportingComponent source type
    C1023 | Node                  | spec.unschedulable
    C1023 | Namespace             | status.phase
    C1023 | Secret                | type
    C1023 | Service               | spec.clusterIP spec.type
    C1023 | ReplicationController | status.replicas
    C1023 | Job                   | status.successful
    C1023 | ReplicaSet            | -
    C1023 | Deployment            | -
    C1023 | DaemonSet             | -
    C1023 | ConfigMap             | -
    C1023 | EndpointSlice         | -
  `);
  it.each(rows)('$rule $kind: $fields', ({ kind: name, fields = '' }) => {
    const kind = KINDS.find((item) => item.kind === name);
    const empty = {
      kind: name,
      apiVersion: 'v1',
      metadata: { name: 'x' },
      spec: {},
      status: {},
      involvedObject: {},
      source: {},
    } as unknown as KubeObject;
    const found = Object.keys(kind?.selectableFields?.(empty as never) ?? {});
    expect(found.sort()).toEqual(fields === '-' ? [] : fields.split(' ').sort());
    expect(kind).toBeDefined();
  });
});
