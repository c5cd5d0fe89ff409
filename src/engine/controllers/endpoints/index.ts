// The Endpoints controller: which changes wake which service.
// Upstream: pkg/controller/endpoint/endpoints_controller.go (v1.33). Rules: C501, C510, C517, C519, C527, C530, C532. Omits the batch period, which is 0 (C510).

import type { Component } from '../../kernel/component.ts';
import { keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { enqueueServicesOfPod } from '../shared/service-pods.ts';
import { QUEUE, reconcileEndpoints, RETRIES } from './reconcile.ts';

export const endpointsController: Component = {
  name: QUEUE,
  watches: {
    services: (state, change) => enqueue(state, QUEUE, keyOf(change.object)),
    pods: (state, change) => enqueueServicesOfPod(state, QUEUE, change),
    endpoints: (state, change) => {
      if (change.type === 'DELETED') enqueue(state, QUEUE, keyOf(change.object));
    },
  },
  reconcile: reconcileEndpoints,
  retries: RETRIES,
  timers: {},
};
