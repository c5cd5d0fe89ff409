// A small recording of the same form: a pod that was bound by hand to a node without room for it.

import type { KubeletRecording } from './kubelet-recording.ts';

const MESSAGE = "Node didn't have enough resource: cpu, requested: 9000, used: 0, capacity: 1000";

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: {
    nodeName: 'node-1',
    containers: [{ name: 'c', image: 'registry.example/app:v1', resources: { requests: { cpu: '9' } } }],
  },
};

export const REFUSED_POD: KubeletRecording = {
  case: 'refused-pod',
  steps: [
    { role: 'setup', request: { method: 'POST', path: '/api/v1/namespaces/default/pods', body: POD } },
    {
      role: 'watch-end',
      id: 'pods',
      events: [
        {
          atMs: 20,
          type: 'ADDED',
          object: { metadata: { name: 'p', generation: 1 }, status: { phase: 'Pending', qosClass: 'Burstable' } },
        },
        {
          atMs: 31,
          type: 'MODIFIED',
          object: {
            metadata: { name: 'p', generation: 1 },
            status: { phase: 'Failed', reason: 'OutOfcpu', message: `Pod was rejected: ${MESSAGE}`, qosClass: 'Burstable' },
          },
        },
      ],
    },
    {
      role: 'watch-end',
      id: 'events',
      events: [
        { atMs: 26, type: 'ADDED', event: { reason: 'OutOfcpu', message: MESSAGE, eventType: 'Warning', count: 1, object: 'Pod/p' } },
      ],
    },
  ],
};
