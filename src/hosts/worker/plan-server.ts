// The plans of a host that are served on connections of the front: commands in containers, and connections to ports.

import type { PortConnection, RemoteSession, StreamPlan } from '../../service/host.ts';
import { ownBytes } from './crossing.ts';
import { type FromHost, type PlanHead, planHeadOf } from './messages.ts';

interface OpenPlan {
  readonly plan: StreamPlan;
  session: RemoteSession | undefined;
  readonly connections: Map<number, PortConnection>;
  /** Those who wait until the client has taken their output, the oldest first. */
  readonly writers: (() => void)[];
}

export class PlanServer {
  private readonly post: (message: FromHost) => void;
  private readonly plans = new Map<number, OpenPlan>();

  constructor(post: (message: FromHost) => void) {
    this.post = post;
  }

  add(id: number, plan: StreamPlan): PlanHead {
    this.plans.set(id, { plan, session: undefined, connections: new Map(), writers: [] });
    return planHeadOf(plan);
  }

  start(id: number): void {
    const open = this.plans.get(id);
    if (open?.plan.kind !== 'remote-command') return;
    open.session = open.plan.start({
      write: (stream, bytes) => {
        this.post({ type: 'output', plan: id, stream, bytes: ownBytes(bytes) });
        return new Promise((resolve) => open.writers.push(resolve));
      },
      finish: (status) => this.post({ type: 'finish', plan: id, status }),
    });
  }

  async input(id: number, bytes: Uint8Array): Promise<void> {
    await this.plans.get(id)?.session?.write(bytes);
  }

  endInput(id: number): void {
    this.plans.get(id)?.session?.closeInput();
  }

  outputTaken(id: number): void {
    this.plans.get(id)?.writers.shift()?.();
  }

  /** The reason when nothing can be connected to. */
  async connect(id: number, connection: number, port: number): Promise<string | undefined> {
    const open = this.plans.get(id);
    if (open?.plan.kind !== 'port-forward') return 'the connection is closed';
    const target = await open.plan.connect(port);
    if (typeof target === 'string') return target;
    open.connections.set(connection, target);
    return undefined;
  }

  async exchange(id: number, connection: number, bytes: Uint8Array): Promise<{ bytes: Uint8Array; isOver: boolean }> {
    const target = this.plans.get(id)?.connections.get(connection);
    if (target === undefined) return { bytes: new Uint8Array(), isOver: true };
    const answer = await target.exchange(bytes);
    return { bytes: ownBytes(answer.bytes), isOver: answer.isOver };
  }

  disconnect(id: number, connection: number): void {
    const connections = this.plans.get(id)?.connections;
    connections?.get(connection)?.close();
    connections?.delete(connection);
  }

  /** The client has gone: whoever waits for it goes on, to find that the session is over. */
  leave(id: number): void {
    const open = this.plans.get(id);
    open?.session?.close();
    for (const resolve of open?.writers.splice(0) ?? []) resolve();
  }

  release(id: number): void {
    const open = this.plans.get(id);
    if (open === undefined) return;
    this.leave(id);
    this.plans.delete(id);
    open.plan.release();
  }

  releaseAll(): void {
    for (const id of this.plans.keys()) this.release(id);
  }
}
