// A cluster as a Durable Object: one incarnation of it, its engine, its storage and its clock. What answers is the host that every other place has, over
// a directory that knows this cluster only.

import { DurableObject, type ObjectState } from 'cloudflare:workers';
import { endHistory, type HistoryPiece, writeHistory } from '../../db/history-copy.ts';
import { HostDirectory } from '../../db/host-directory.ts';
import { ObjectClusters } from '../../db/object-clusters.ts';
import { ObjectDatabase } from '../../db/object-database.ts';
import { createClusterService } from '../../service/cluster-service.ts';
import type { HostAnswer, HostRequest } from '../../service/host.ts';
import type { Beginning, ClusterInfo, ForkMade, Rewound } from '../../service/ports.ts';
import { type DirectoryRow, fileNameOf } from '../../service/storage.ts';
import { LocalHost } from '../local-host.ts';
import { packError } from '../worker/crossing.ts';
import type { ClusterCalls, News, ObjectAnswer, ObjectQuestion, Told } from './calls.ts';
import { type Environment, frontOf } from './environment.ts';
import { forksElsewhere } from './forks.ts';
import { logError } from './log.ts';
import { CLUSTER_MIGRATIONS } from './built-in.ts';
import { DRAIN_LOOKS, DRAIN_PERIOD_MS, drain } from './drain.ts';
import { planHeadOf } from '../worker/messages.ts';
import { PlanTarget } from './plan-target.ts';
import { bytesOf } from './streams.ts';

/** Wall time between two calls that wake a cluster whose clock runs, should the object have left memory. */
const ALARM_PERIOD_MS = 5_000;

/** Wall time after which a cluster that nobody uses is put to sleep: before the runtime drops its object, which it does after ten seconds. */
const IDLE_MS = 8_000;

/** Wall time after which the history of a parent that does not go on is nobody's. */
const TAKING_MS = 60_000;

/** Wall time for which a rewind waits for others to be answered, at most. */
const ALONE_MS = 5_000;

/** How the cluster stood when it fell asleep, as long as it sleeps. */
const INFO = 'info';

/** Set while the object takes the history of a fork's parent, and holds no cluster yet. */
const TAKING = 'taking';

export class ClusterObject extends DurableObject<Environment> implements ClusterCalls {
  private readonly database: ObjectDatabase;
  private readonly storage: ObjectClusters;
  private row: DirectoryRow | undefined;
  private host: LocalHost;
  private readonly aborts = new Map<string, AbortController>();
  /** Calls that are not answered. */
  private callCount = 0;
  /** Tells who waits for the others to be answered. */
  private onAlone = (): void => {};
  /** Calls, streams and plans that are not over. */
  private useCount = 0;
  private usedAtMs = 0;
  /** Looks whether the instance is about to end, for as long as something goes on that keeps the object here. */
  private drainTimer: ReturnType<typeof setTimeout> | undefined;
  private hasAlarm = false;
  /** What the front is being told; an answer comes after the news that it makes. */
  private telling = Promise.resolve();

  constructor(context: ObjectState, env: Environment) {
    super(context, env);
    this.database = new ObjectDatabase(fileOf(context), context.storage);
    this.storage = new ObjectClusters(this.database);
    const migrated = this.storage.isPresent() ? this.database.migrate(CLUSTER_MIGRATIONS) : Promise.resolve();
    void context.blockConcurrencyWhile(() => migrated);
    this.row = this.readRow();
    this.host = this.openHost();
    if (this.row?.isRunning === true) this.watchDrain();
  }

  async know(row: DirectoryRow): Promise<void> {
    this.take(row);
  }

  ask(question: ObjectQuestion): Promise<Told<unknown>> {
    return this.tell(question.verb === 'create' || question.verb === 'replay', () => this.answer(question));
  }

  serve(id: string, request: HostRequest): Promise<Told<ObjectAnswer>> {
    return this.tell(false, async () => {
      const controller = new AbortController();
      this.aborts.set(id, controller);
      const leaveUse = this.enter();
      const leave = () => {
        this.aborts.delete(id);
        leaveUse();
      };
      try {
        return openAnswer(await this.host.fetch(request, controller.signal), leave);
      } catch (error) {
        leave();
        throw error;
      }
    });
  }

  async abort(id: string): Promise<void> {
    this.aborts.get(id)?.abort();
  }

  async takeHistory(uid: string, piece: HistoryPiece): Promise<void> {
    if (this.ctx.storage.kv.get(TAKING) === undefined) {
      this.ctx.storage.kv.put(TAKING, uid);
      await this.database.migrate(CLUSTER_MIGRATIONS);
      await this.ctx.storage.setAlarm(Date.now() + this.takingMs);
    }
    this.usedAtMs = Date.now();
    writeHistory(this.database, uid, piece);
  }

  found(row: DirectoryRow, beginning: Beginning): Promise<Told<ForkMade>> {
    return this.tell(true, async () => {
      endHistory(this.database, row);
      this.ctx.storage.kv.delete(TAKING);
      const made = await this.host.found(row, beginning);
      this.row = made.row;
      if (made.row.isRunning) await this.setAlarm();
      return made;
    });
  }

  async discard(): Promise<void> {
    const { row } = this;
    if (row !== undefined) await this.host.remove(row.name).catch(() => {});
    await this.clear();
  }

  /** That the object was made has set a clock going that runs; a cluster that nobody uses falls asleep. */
  async alarm(): Promise<void> {
    this.hasAlarm = false;
    const { row } = this;
    if (this.ctx.storage.kv.get(TAKING) !== undefined) return this.goOnTaking();
    if (row === undefined || this.useCount > 0) return;
    if (row.isRunning || Date.now() - this.usedAtMs < this.idleMs) return this.setAlarm();
    if (this.ctx.storage.kv.get(INFO) !== undefined) return;
    try {
      // Its object may have left memory before it.
      await this.host.info(row.name);
      if (this.useCount === 0) await this.reopen();
    } catch (error) {
      logError(`cluster ${row.name} was not put to sleep`, error);
    }
  }

  /** What is not whole by now, because the parent's object has ended, never will be. */
  private goOnTaking(): Promise<void> {
    const isGoingOn = Date.now() - this.usedAtMs < this.takingMs;
    return isGoingOn ? this.ctx.storage.setAlarm(Date.now() + this.takingMs) : this.clear();
  }

  private get takingMs(): number {
    return this.env.TAKING_MS ?? TAKING_MS;
  }

  /** Timers would keep the object in memory, and with the instance that is asked to end: alarms do not. */
  private setAlarm(): Promise<void> {
    this.hasAlarm = true;
    return this.ctx.storage.setAlarm(Date.now() + (this.row?.isRunning === true ? ALARM_PERIOD_MS : this.idleMs));
  }

  /** Something begins; to be called with its end. */
  private enter(): () => void {
    this.useCount += 1;
    this.watchDrain();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.useCount -= 1;
      this.usedAtMs = Date.now();
      if (this.useCount === 0 && this.row?.isRunning !== true) this.restDrain();
      if (this.useCount === 0 && !this.hasAlarm && this.row !== undefined) this.ctx.waitUntil(this.setAlarm());
    };
  }

  private watchDrain(lookCount = 0): void {
    this.drainTimer ??= setTimeout(() => {
      this.drainTimer = undefined;
      const goesOn = this.useCount > 0 || this.row?.isRunning === true;
      if (!goesOn) return;
      // Commands come to their end, unless they take long.
      if (!drain.isOn || (this.callCount > 0 && lookCount < DRAIN_LOOKS)) this.watchDrain(drain.isOn ? lookCount + 1 : 0);
      else this.ctx.waitUntil(this.reopen());
    }, DRAIN_PERIOD_MS);
  }

  /** What rests has no timers. */
  private restDrain(): void {
    clearTimeout(this.drainTimer);
    this.drainTimer = undefined;
  }

  private get idleMs(): number {
    return this.env.IDLE_MS ?? IDLE_MS;
  }

  private async answer(question: ObjectQuestion): Promise<unknown> {
    switch (question.verb) {
      case 'create':
        await this.begin(question.row);
        return this.host.create(question.row);
      case 'replay':
        await this.begin(question.row);
        return this.host.replay(question.row, question.replay);
      case 'fork':
        return this.host.fork(question.name, question.request);
      case 'rewind':
        return this.rewind(question);
      case 'info':
        return this.host.info(question.name);
      case 'stats':
        return undefined;
      case 'remove':
        return this.remove(question.name);
      case 'close':
        return this.reopen();
    }
  }

  /** What is asked of an object without a cluster is not answered, unless it makes one. */
  private async tell<T>(isFirst: boolean, answer: () => Promise<T>): Promise<Told<T>> {
    if (this.row === undefined && !isFirst) return { kind: 'unknown', figures: await this.host.stats() };
    const leave = this.enter();
    this.callCount += 1;
    try {
      const value = await answer();
      await this.telling;
      return { kind: 'answer', value, figures: await this.host.stats() };
    } catch (error) {
      await this.telling;
      return { kind: 'failure', error: packError(error), figures: await this.host.stats() };
    } finally {
      this.callCount -= 1;
      if (this.callCount <= 1) this.onAlone();
      leave();
    }
  }

  /** The front lets nobody else in while somebody waits for this; who was in before is soon out, or waits for others than the cluster. */
  private async alone(): Promise<void> {
    if (this.callCount <= 1) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, ALONE_MS);
      this.onAlone = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }

  private async begin(row: DirectoryRow): Promise<void> {
    await this.database.migrate(CLUSTER_MIGRATIONS);
    this.row = row;
    if (row.isRunning) await this.setAlarm();
  }

  private async remove(name: string): Promise<void> {
    try {
      await this.host.remove(name);
    } finally {
      await this.clear();
    }
  }

  /** What the cluster was is in two other objects then; this one is deleted when its front has them in the directory. */
  private async rewind({ name, request }: Extract<ObjectQuestion, { verb: 'rewind' }>): Promise<Rewound> {
    const made = await this.host.rewind(name, request);
    this.row = undefined;
    this.hasAlarm = false;
    await this.ctx.storage.deleteAlarm();
    return made;
  }

  private async clear(): Promise<void> {
    this.row = undefined;
    this.hasAlarm = false;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  /** Puts the cluster to sleep. A host closes within one turn, so that nobody finds the one that is closing. */
  private async reopen(): Promise<void> {
    for (const controller of this.aborts.values()) controller.abort();
    const closed = this.host.close();
    this.host = this.openHost();
    await closed;
  }

  private take(row: DirectoryRow): void {
    const info = this.ctx.storage.kv.get(INFO) as ClusterInfo | undefined;
    this.row = info === undefined ? row : { ...row, info };
    this.host.know(this.row);
  }

  /** Undefined when the object holds no cluster, or does not say which. */
  private readRow(): DirectoryRow | undefined {
    try {
      const found = this.ctx.storage.kv.get(TAKING) === undefined ? this.storage.identify() : undefined;
      if (found === undefined) return undefined;
      const info = this.ctx.storage.kv.get(INFO) as ClusterInfo | undefined;
      return { ...found, file: fileNameOf(found.name, found.uid), ...(info === undefined ? {} : { info }) };
    } catch (error) {
      logError('the object does not say which cluster it holds', error);
      return undefined;
    }
  }

  private openHost(): LocalHost {
    // A clock that runs goes on where the object is next.
    const rows = this.row === undefined ? [] : [drain.isOn ? { ...this.row, isRunning: false } : this.row];
    const directory = new HostDirectory(this.storage, rows, {
      onInfo: (name, info) => {
        if (info === undefined) this.ctx.storage.kv.delete(INFO);
        else this.ctx.storage.kv.put(INFO, info);
        this.tellFront(name, { kind: 'info', info });
      },
      onRunning: (name, isRunning) => {
        if (this.row !== undefined) this.row = { ...this.row, isRunning };
        if (isRunning) this.watchDrain();
        this.ctx.waitUntil(this.setAlarm());
        this.tellFront(name, { kind: 'running', isRunning });
      },
      onBroken: (name, problem) => this.tellFront(name, { kind: 'broken', problem }),
    });
    const service = createClusterService(directory, {
      limits: { liveClustersMax: 1, idleMs: Number.POSITIVE_INFINITY },
      onError: logError,
      elsewhere: forksElsewhere(this.database, this.env.CLUSTERS, () => this.alone()),
    });
    return new LocalHost(directory, { service, checksAnswers: this.env.CHECKS_ANSWERS === true, onFailure: logFailure });
  }

  private tellFront(name: string, news: News): void {
    this.telling = this.telling
      .then(() => frontOf(this.env, name).note(name, news))
      .catch((error: unknown) => logError(`the front was not told of cluster ${name}`, error));
    this.ctx.waitUntil(this.telling);
  }
}

const logFailure = (error: unknown, requestId?: string) => logError('request failed by a fault of the service', error, { requestId });

/** The name of the database on a local disk. */
function fileOf({ id }: ObjectState): string {
  return `${id.toString()}.sqlite`;
}

/** The answer as it crosses; `leave` is called with its end. */
function openAnswer({ status, headers, body, plan }: HostAnswer, leave: () => void): ObjectAnswer {
  if (plan !== undefined) {
    const release = () => (leave(), plan.release());
    const calls = new PlanTarget({ ...plan, release });
    return { status, headers, body: body instanceof Uint8Array ? body : undefined, plan: { head: planHeadOf(plan), calls } };
  }
  if (body === undefined || body instanceof Uint8Array) {
    leave();
    return { status, headers, body };
  }
  return { status, headers, body: bytesOf({ next: () => body.next(), close: () => (leave(), body.close()) }) };
}
