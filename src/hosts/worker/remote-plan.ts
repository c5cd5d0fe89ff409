// A plan of a host as the front serves it: calls become messages.

import {
  type PortAnswer,
  type PortConnection,
  type RemoteOutput,
  type RemoteSession,
  SESSION_LOST,
  type StreamPlan,
} from '../../service/host.ts';
import type { FromHost, PlanHead, Question, ToHost } from './messages.ts';

export interface PlanLink {
  post(message: ToHost): void;
  ask(question: Question): Promise<unknown>;
  /** No message for the plan is awaited any more. */
  released(): void;
}

export class RemotePlan {
  readonly plan: StreamPlan;
  private readonly id: number;
  private readonly link: PlanLink;
  private output: RemoteOutput | undefined;
  private connectionCount = 0;

  constructor(id: number, head: PlanHead, link: PlanLink) {
    this.id = id;
    this.link = link;
    const release = () => {
      link.post({ type: 'release', plan: id });
      link.released();
    };
    this.plan =
      head.kind === 'port-forward'
        ? { ...head, release, connect: (port) => this.connect(port) }
        : { ...head, release, start: (output) => this.start(output) };
  }

  /** Takes what the host says of the session. */
  receive(message: Extract<FromHost, { type: 'output' | 'finish' }>): void {
    const { output } = this;
    if (message.type === 'output') {
      const taken = () => this.link.post({ type: 'output-taken', plan: this.id });
      void Promise.resolve(output?.write(message.stream, message.bytes)).then(taken, taken);
      return;
    }
    this.output = undefined;
    output?.finish(message.status);
  }

  /** The host has gone. */
  lose(): void {
    this.output?.finish(SESSION_LOST);
    this.output = undefined;
  }

  private start(output: RemoteOutput): RemoteSession {
    const { id, link } = this;
    this.output = output;
    link.post({ type: 'start', plan: id });
    return {
      write: async (bytes) => void (await link.ask({ verb: 'input', plan: id, bytes: bytes.slice() })),
      closeInput: () => link.post({ type: 'input-end', plan: id }),
      close: () => link.post({ type: 'leave', plan: id }),
    };
  }

  private async connect(port: number): Promise<PortConnection | string> {
    const { id: plan, link } = this;
    this.connectionCount += 1;
    const connection = this.connectionCount;
    const refusal = (await link.ask({ verb: 'connect', plan, connection, port })) as string | undefined;
    if (refusal !== undefined) return refusal;
    return {
      exchange: (bytes) => link.ask({ verb: 'exchange', plan, connection, bytes: bytes.slice() }) as Promise<PortAnswer>,
      close: () => link.post({ type: 'disconnect', plan, connection }),
    };
  }
}
