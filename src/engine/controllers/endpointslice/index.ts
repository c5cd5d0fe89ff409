// The EndpointSlice controller: which changes wake which service.
// Upstream: pkg/controller/endpointslice/endpointslice_controller.go (v1.33). Rules: C501, C510, C517, C519, C529.
// Omits topology hints and address families other than IPv4.

import type { Component } from '../../kernel/component.ts';
import { keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { enqueueServicesOfPod } from '../shared/service-pods.ts';
import { serviceKeyOf } from '../shared/service-slices.ts';
import { CONTROLLER, QUEUE, reconcileSlices, RETRIES } from './reconcile.ts';

export const endpointSliceController: Component = {
  name: QUEUE,
  watches: {
    services: (state, change) => enqueue(state, QUEUE, keyOf(change.object)),
    pods: (state, change) => enqueueServicesOfPod(state, QUEUE, change),
    'endpointslices.discovery.k8s.io': (state, change) => {
      const key = serviceKeyOf(change.object, CONTROLLER);
      if (key !== undefined) enqueue(state, QUEUE, key);
    },
  },
  reconcile: reconcileSlices,
  retries: RETRIES,
  timers: {},
};
