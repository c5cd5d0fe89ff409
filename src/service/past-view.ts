// The service as who looks at a moment of the past has it: everything can be read, and nothing can be done.

import { answerInside, type WebhookAnswer, type WebhookCall } from '../engine/cluster/index.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import { formatMoment } from './instant.ts';
import { type ClusterInfo, type ClusterService, type Instant, type LoggedChange, ServiceError, type WatchCursor } from './ports.ts';

/** The service, with one of its clusters as it was; without an instant as it is. Fails: invalid-instant, gone. */
export async function serviceAt(service: ClusterService, cluster: string, instant: Instant | undefined): Promise<ClusterService> {
  if (instant === undefined) return service;
  const { state, info } = await service.history.at(cluster, instant);
  return new PastView(service, { cluster, state, info: () => info, moment: formatMoment(instant) });
}

/**
 * Reads one of its clusters as it was. Most reads are of objects and are given no more; one that asks for anything else, whatever it made of being refused, is
 * done again with all there was. So it must change nothing. Fails: invalid-instant, gone.
 */
export async function readObjectsAt<T>(
  service: ClusterService,
  cluster: string,
  instant: Instant,
  read: (service: ClusterService) => Promise<T>,
): Promise<T> {
  const { state, info } = await service.history.objectsAt(cluster, instant);
  const { refusedCount } = state.derived;
  try {
    const answer = await read(new PastView(service, { cluster, state, info, moment: formatMoment(instant) }));
    if (state.derived.refusedCount === refusedCount) return answer;
  } catch (error) {
    if (state.derived.refusedCount === refusedCount) throw error;
  }
  return read(await serviceAt(service, cluster, instant));
}

interface Past {
  readonly cluster: string;
  readonly state: ClusterState;
  readonly info: () => ClusterInfo;
  /** As clients write it. */
  readonly moment: string;
}

class PastView implements ClusterService {
  readonly history: ClusterService['history'];
  readonly moment: string;
  private readonly service: ClusterService;
  private readonly past: Past;

  constructor(service: ClusterService, past: Past) {
    this.service = service;
    this.past = past;
    this.history = service.history;
    this.moment = past.moment;
  }

  get(): ClusterInfo {
    return this.past.info();
  }

  read<T>(_name: string, reader: (state: ClusterState) => T): T {
    return reader(this.past.state);
  }

  latestRevision(): number {
    return this.past.state.revision;
  }

  oldestRetainedRevision(name: string): number {
    return this.service.oldestRetainedRevision(name);
  }

  async ask(name: string, call: WebhookCall): Promise<WebhookAnswer> {
    return call.service === undefined ? await this.service.ask(name, call) : answerInside(this.past.state, call);
  }

  /** What had changed by then; afterwards nothing comes any more. */
  watch(name: string, after: number): WatchCursor {
    const { revision } = this.past.state;
    let position = after;
    let close = () => {};
    const closed = new Promise<undefined>((resolve) => {
      close = () => resolve(undefined);
    });
    const next = async (): Promise<readonly LoggedChange[] | undefined> => {
      if (position >= revision) return closed;
      const changes = (await this.history.changes(name, position)).filter((change) => change.revision <= revision);
      position = changes.at(-1)?.revision ?? revision;
      return changes.length === 0 ? closed : changes;
    };
    return { next, moved: () => closed.then(() => false), served: () => {}, close };
  }

  streamId(name: string): string | undefined {
    return this.service.streamId(name);
  }

  waitersOf(): undefined {}

  stats(): ReturnType<ClusterService['stats']> {
    return this.service.stats();
  }

  checkReady(): void {
    this.service.checkReady();
  }

  async settled(): Promise<void> {}

  async close(): Promise<void> {}

  list(): never {
    return this.refuse();
  }

  create(): never {
    return this.refuse();
  }

  createRow(): never {
    return this.refuse();
  }

  remove(): never {
    return this.refuse();
  }

  execute(): never {
    return this.refuse();
  }

  setClock(): never {
    return this.refuse();
  }

  async fork(): Promise<never> {
    return this.refuse();
  }

  async found(): Promise<never> {
    return this.refuse();
  }

  async replay(): Promise<never> {
    return this.refuse();
  }

  async rewind(): Promise<never> {
    return this.refuse();
  }

  async perform(): Promise<never> {
    return this.refuse();
  }

  async advance(): Promise<never> {
    return this.refuse();
  }

  private refuse(): never {
    const { cluster, moment } = this.past;
    throw new ServiceError(
      'read-only',
      `this is cluster ${cluster} as it was at ${moment}, which cannot be changed; make a fork of it: POST /v1/clusters/${cluster}/forks with {"at": "${moment}"}`,
    );
  }
}
