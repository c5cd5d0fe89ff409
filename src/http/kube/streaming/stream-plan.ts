// What the host needs to serve a streaming subresource, whatever the transport: an answer to a request that is to be upgraded carries a plan,
// and the host that has the socket takes it out.

import { badRequest } from '../../../engine/apimachinery/status.ts';
import { answerStatus } from '../answer.ts';

/** The protocol that the API server translates for the kubelet. */
export const TRANSLATED_PROTOCOL = 'v5.channel.k8s.io';

/** What the client of exec or attach asked for. */
export interface RemoteStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** Where output goes. A write may be waited for; `finish` is the last call. */
export interface RemoteOutput {
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): void | Promise<void>;
  /** S6: the Status of the end, as JSON. */
  finish(status: string): void;
}

/** A running exec or attach. Its calls do nothing once it has ended. */
export interface RemoteSession {
  write(bytes: Uint8Array): void;
  closeInput(): void;
  /** The client has gone. */
  close(): void;
}

/** One connection to a port of a pod. */
export interface PortConnection {
  /** Takes what the client sends and returns what the server answers; `isOver` when the server closes behind it. */
  exchange(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly isOver: boolean };
}

export type StreamPlan =
  | {
      readonly kind: 'remote-command';
      readonly streams: RemoteStreams;
      /** Starts when the client's streams are there. */
      start(output: RemoteOutput): RemoteSession;
    }
  | {
      readonly kind: 'port-forward';
      /** Ports that a client of the channel protocol named (S16). */
      readonly ports: readonly number[];
      /** A string says why nothing can be connected to. */
      connect(port: number): PortConnection | string;
    };

const plans = new WeakMap<Response, StreamPlan>();

/** The answer that carries a plan: a host that cannot upgrade sends it as it is. */
export function planResponse(plan: StreamPlan): Response {
  const response = answerStatus(badRequest('Upgrade request required'));
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
