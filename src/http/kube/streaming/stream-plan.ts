// The answer to a request that is to be upgraded carries a plan of what is to be served, whatever the transport; who has the socket takes it out.

import { badRequest } from '../../../engine/apimachinery/status.ts';
import type { StreamPlan } from '../../../service/host.ts';
import { answerStatus } from '../answer.ts';

/** The protocol that the API server translates for the kubelet. */
export const TRANSLATED_PROTOCOL = 'v5.channel.k8s.io';

const plans = new WeakMap<Response, StreamPlan>();

/** The answer that carries a plan: a server that cannot upgrade sends it as it is. */
export function planResponse(plan: StreamPlan): Response {
  return withPlan(answerStatus(badRequest('Upgrade request required')), plan);
}

/** Puts a plan into an answer. */
export function withPlan(response: Response, plan: StreamPlan): Response {
  plans.set(response, plan);
  return response;
}

/** Whether an answer carries a plan. */
export function hasPlan(response: Response): boolean {
  return plans.has(response);
}

/** The plan behind an answer, if it has one; whoever takes it serves it. */
export function takePlan(response: Response): StreamPlan | undefined {
  const plan = plans.get(response);
  plans.delete(response);
  return plan;
}
