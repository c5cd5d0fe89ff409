// The side of a worker thread: messages become calls of the host in it.

import type { Host } from '../../service/host.ts';
import { ownBytes, packError } from './crossing.ts';
import type { AnswerHead, FromHost, Question, ToHost } from './messages.ts';
import { Outflow } from './outflow.ts';
import { PlanServer } from './plan-server.ts';

/** Posts a message; the buffers are moved, not copied. */
type Post = (message: FromHost, moved?: readonly ArrayBuffer[]) => void;

export class HostServer {
  private readonly host: Host;
  private readonly post: Post;
  private readonly outflow: Outflow;
  private readonly plans: PlanServer;
  /** Of fetches whose answer is not out or goes on as a stream. */
  private readonly aborts = new Map<number, AbortController>();

  constructor(host: Host, post: Post) {
    this.host = host;
    this.post = post;
    this.outflow = new Outflow((message) => {
      if (message.type === 'stream-end') this.aborts.delete(message.id);
      post(message);
    });
    this.plans = new PlanServer(post);
  }

  receive(message: ToHost): void {
    switch (message.type) {
      case 'know':
        return this.host.know(message.row);
      case 'ask':
        return void this.answer(message.id, message.question);
      case 'abort':
        return this.aborts.get(message.id)?.abort();
      case 'read':
        return this.outflow.read(message.id, message.bytes);
      case 'close-stream':
        this.aborts.delete(message.id);
        return this.outflow.close(message.id);
      case 'start':
        return this.plans.start(message.plan);
      case 'input-end':
        return this.plans.endInput(message.plan);
      case 'output-taken':
        return this.plans.outputTaken(message.plan);
      case 'disconnect':
        return this.plans.disconnect(message.plan, message.connection);
      case 'leave':
        return this.plans.leave(message.plan);
      case 'release':
        return this.plans.release(message.plan);
    }
  }

  private async answer(id: number, question: Question): Promise<void> {
    try {
      if (question.verb === 'fetch') return await this.fetch(id, question);
      const value = await this.ask(question);
      this.post({ type: 'answer', id, value });
    } catch (error) {
      this.post({ type: 'failure', id, error: packError(error) });
    }
  }

  private async fetch(id: number, { request }: Extract<Question, { verb: 'fetch' }>): Promise<void> {
    const controller = new AbortController();
    this.aborts.set(id, controller);
    const { status, headers, body, plan } = await this.host.fetch(request, controller.signal).catch((error: unknown) => {
      this.aborts.delete(id);
      throw error;
    });
    const head = { status, headers, ...(plan === undefined ? {} : { plan: this.plans.add(id, plan) }) };
    if (body !== undefined && !(body instanceof Uint8Array)) {
      this.post({ type: 'answer', id, value: { ...head, body: 'stream' } satisfies AnswerHead });
      return this.outflow.open(id, body);
    }
    this.aborts.delete(id);
    const bytes = body === undefined ? undefined : ownBytes(body);
    this.post(
      { type: 'answer', id, value: { ...head, body: bytes } satisfies AnswerHead },
      bytes === undefined ? [] : [bytes.buffer as ArrayBuffer],
    );
  }

  private ask(question: Exclude<Question, { verb: 'fetch' }>): Promise<unknown> {
    switch (question.verb) {
      case 'create':
        return this.host.create(question.row);
      case 'fork':
        return this.host.fork(question.name, question.request);
      case 'replay':
        return this.host.replay(question.row, question.replay);
      case 'rewind':
        return this.host.rewind(question.name, question.request);
      case 'remove':
        return this.host.remove(question.name);
      case 'info':
        return this.host.info(question.name);
      case 'stats':
        return this.host.stats();
      case 'close':
        return this.close();
      case 'input':
        return this.plans.input(question.plan, question.bytes);
      case 'connect':
        return this.plans.connect(question.plan, question.connection, question.port);
      case 'exchange':
        return this.plans.exchange(question.plan, question.connection, question.bytes);
    }
  }

  private async close(): Promise<void> {
    for (const controller of this.aborts.values()) controller.abort();
    this.outflow.closeAll();
    this.plans.releaseAll();
    await this.host.close();
  }
}
