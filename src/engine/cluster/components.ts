// Every component of a cluster in visiting order: scheduler, controllers with what they ask of kubelets, event expiry, kubelets last (`roundOrder` in docs/glossary.md).

// What every cluster has from its first instant.
import '../apiserver/authorization/policy/index.ts';
import { eventTtl } from '../apiserver/event-ttl.ts';
import { controllersWith } from '../controllers/index.ts';
import type { Component } from '../kernel/component.ts';
import { parking } from '../kernel/parking.ts';
import { faultTimers } from './faults.ts';
import { lastRenewalMs } from '../kubelet/node/heartbeat.ts';
import { kubelet } from '../kubelet/index.ts';
import { usagesOfPods } from '../kubelet/node/usage.ts';
import { scheduler } from '../scheduler/index.ts';

export const COMPONENTS: readonly Component[] = [
  parking,
  faultTimers,
  scheduler,
  ...controllersWith({ lastRenewalMs, usagesOf: usagesOfPods }),
  eventTtl,
  kubelet,
];
