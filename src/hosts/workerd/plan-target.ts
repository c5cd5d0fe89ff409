// Plans across objects: the host's side of one as something that can be called, and the front's side of it as the plan again.

import { RpcTarget } from 'cloudflare:workers';
import {
  type OutputStream,
  type PortAnswer,
  type PortConnection,
  type RemoteOutput,
  type RemoteSession,
  SESSION_LOST,
  type StreamPlan,
} from '../../service/host.ts';
import type { PlanHead } from '../worker/messages.ts';
import type { ConnectionCalls, OutputCalls, PlanCalls } from './calls.ts';

/** A plan, where it is run. */
export class PlanTarget extends RpcTarget implements PlanCalls {
  private readonly plan: StreamPlan;
  private session: RemoteSession | undefined;

  constructor(plan: StreamPlan) {
    super();
    this.plan = plan;
  }

  run(output: OutputCalls): Promise<string> {
    const { plan } = this;
    if (plan.kind !== 'remote-command') return Promise.resolve(SESSION_LOST);
    return new Promise((resolve) => {
      const write = (stream: OutputStream, bytes: Uint8Array) => output.write(stream, bytes);
      this.session = plan.start({ write, finish: resolve });
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.session?.write(bytes);
  }

  async closeInput(): Promise<void> {
    this.session?.closeInput();
  }

  async leave(): Promise<void> {
    this.session?.close();
  }

  async connect(port: number): Promise<ConnectionCalls | string> {
    if (this.plan.kind !== 'port-forward') return 'the connection is closed';
    const connection = await this.plan.connect(port);
    return typeof connection === 'string' ? connection : new ConnectionTarget(connection);
  }

  async release(): Promise<void> {
    this.session?.close();
    this.plan.release();
  }
}

class ConnectionTarget extends RpcTarget implements ConnectionCalls {
  private readonly connection: PortConnection;

  constructor(connection: PortConnection) {
    super();
    this.connection = connection;
  }

  async exchange(bytes: Uint8Array): Promise<PortAnswer> {
    return this.connection.exchange(bytes);
  }

  async close(): Promise<void> {
    this.connection.close();
  }
}

class OutputTarget extends RpcTarget implements OutputCalls {
  private readonly output: RemoteOutput;

  constructor(output: RemoteOutput) {
    super();
    this.output = output;
  }

  async write(stream: OutputStream, bytes: Uint8Array): Promise<void> {
    await this.output.write(stream, bytes);
  }
}

/** A plan that is run elsewhere; `onRelease` is called when nothing is asked of it any more. */
export function remotePlan(head: PlanHead, calls: PlanCalls, onRelease: () => void): StreamPlan {
  const release = () => {
    quietly(calls.release());
    onRelease();
  };
  return head.kind === 'port-forward'
    ? { ...head, release, connect: (port) => connect(calls, port) }
    : { ...head, release, start: (output) => start(calls, output) };
}

function start(calls: PlanCalls, output: RemoteOutput): RemoteSession {
  void calls.run(new OutputTarget(output)).then(
    (status) => output.finish(status),
    () => output.finish(SESSION_LOST),
  );
  return {
    write: (bytes) => calls.write(bytes),
    closeInput: () => quietly(calls.closeInput()),
    close: () => quietly(calls.leave()),
  };
}

async function connect(calls: PlanCalls, port: number): Promise<PortConnection | string> {
  const connection = await calls.connect(port);
  if (typeof connection === 'string') return connection;
  return { exchange: (bytes) => connection.exchange(bytes), close: () => quietly(connection.close()) };
}

/** An object that is gone needs to be told nothing. */
function quietly(call: Promise<void>): void {
  call.catch(() => {});
}
