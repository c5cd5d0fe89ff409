// What was: states of the past, the commands that were given, and the changes that are retained. Nothing here writes anything.

import type { Steps } from '../engine/cluster/index.ts';
import { type ClusterState, forkState } from '../engine/kernel/state.ts';
import type { CauseChain } from './causes.ts';
import { driveJob } from './in-turns.ts';
import { Job } from './job.ts';
import type { LiveCluster } from './live-cluster.ts';
import type { Place } from './instant.ts';
import { isBefore, objectsAt, type ObjectsEnd } from './past-objects.ts';
import { PastStates, stateAt } from './past-states.ts';
import { type Asked, type ClusterHistory, type ClusterInfo, type Instant, type LoggedChange, ServiceError } from './ports.ts';
import { type JournalRow, type Refusal, type RefusalPosition, StorageDamage } from './storage.ts';

/** What the history needs of the service. */
export interface HistoryOwner {
  /** The cluster, quiet and open; opened in turns if it sleeps. */
  settled(name: string): Promise<LiveCluster>;
  /** The cluster, if it is in memory. */
  present(name: string): LiveCluster | undefined;
  /** What to throw for damage of the cluster's storage, and for failures of it. */
  failed(name: string, error: unknown): unknown;
  /** Reading of the monotonic clock at which a turn ends. */
  turnEnd(): number;
}

export class History implements ClusterHistory {
  private readonly owner: HistoryOwner;
  private readonly states = new PastStates();
  /** Those that have objects only. */
  private readonly objects = new PastStates();

  constructor(owner: HistoryOwner) {
    this.owner = owner;
  }

  async at(name: string, instant: Instant): Promise<{ readonly state: ClusterState; readonly info: ClusterInfo }> {
    const live = await this.owner.settled(name);
    const place = this.guard(name, () => live.placeOf(instant));
    const { uid } = live.row;
    const known = this.states.get(uid, place);
    const state = known ?? (await this.replay(live, new Job(this.pastOf(live, place))));
    if (known === undefined) this.states.put(uid, place, state);
    return { state, info: live.describe(state) };
  }

  /** What is in memory may be nearer; what is on the way to the place stays there for the next one. */
  private pastOf(live: LiveCluster, place: Place): Steps<ClusterState> {
    const { uid } = live.row;
    const { seq } = place;
    const known = this.states.lastBefore(uid, seq);
    const keep = (whole: ClusterState) => {
      if (known?.seq !== seq) this.states.put(uid, { seq }, forkState(whole));
    };
    return live.past((log) => stateAt(log, place, true, known, keep));
  }

  async objectsAt(name: string, instant: Instant): Promise<{ readonly state: ClusterState; readonly info: () => ClusterInfo }> {
    const live = await this.owner.settled(name);
    const place = this.guard(name, () => live.placeOf(instant));
    const { uid } = live.row;
    const shown = (state: ClusterState) => ({ state, info: () => live.describe(state) });
    const known = this.states.get(uid, place) ?? this.objects.get(uid, place);
    if (known !== undefined) return shown(known);
    const nearest = (end: ObjectsEnd) => {
      const found = [this.states, this.objects].map((states) => states.nearest(uid, (state) => isBefore(state, end)));
      return found.reduce((last, state) => ((state?.revision ?? -1) > (last?.revision ?? -1) ? state : last));
    };
    const made = await this.replay(live, new Job(live.past((log) => objectsAt(log, place, nearest))));
    if (made === undefined) return shown((await this.at(name, instant)).state);
    this.objects.put(uid, place, made);
    return shown(made);
  }

  async commands(name: string, after: number, limit: number): Promise<readonly JournalRow[]> {
    const live = await this.owner.settled(name);
    return this.guard(name, () => firstOf(wholeCommands(live.journal(after)), limit));
  }

  async asked(name: string, after: RefusalPosition, limit: number, only?: Asked['outcome']): Promise<readonly Asked[]> {
    const live = await this.owner.settled(name);
    return this.guard(name, () => {
      const rows = only === 'refused' ? [] : wholeCommands(live.journal(after.number));
      const refusals = only === 'accepted' ? [] : live.refusals.after(after);
      return firstOf(inOrder(rows, refusals), limit);
    });
  }

  async causes(name: string, revision: number): Promise<CauseChain> {
    const live = await this.owner.settled(name);
    return this.replay(live, new Job(live.causesOf(revision)));
  }

  async numberAt(name: string, instant?: Instant): Promise<number> {
    const live = await this.owner.settled(name);
    return this.guard(name, () => live.numberAt(instant === undefined ? live.placeOfNow() : live.placeOf(instant)));
  }

  async changes(name: string, after: number): Promise<readonly LoggedChange[]> {
    const live = await this.owner.settled(name);
    return this.guard(name, () => live.hub.read(after));
  }

  /** Whether states of the past are in memory. */
  get isHolding(): boolean {
    return this.states.size + this.objects.size > 0;
  }

  /** Drops what nobody has looked at since a reading of the monotonic clock. */
  dropUnused(sinceMs: number): void {
    this.states.dropUnused(sinceMs);
    this.objects.dropUnused(sinceMs);
  }

  private async replay<T>(live: LiveCluster, job: Job<T>): Promise<T> {
    const { name } = live;
    try {
      return await inTurns(this.owner, live, job);
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      if (error instanceof StorageDamage) throw this.owner.failed(name, error);
      throw new ServiceError('engine-failed', `the engine failed when it replayed the history of cluster ${name}`, { cause: error });
    }
  }

  private guard<T>(name: string, body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw this.owner.failed(name, error);
    }
  }
}

/** Parts of one command are shown as it was given: begun with the first, and led to where the last led. */
function* wholeCommands(rows: Iterable<JournalRow>): Generator<JournalRow, void> {
  let whole: JournalRow | undefined;
  for (const row of rows) {
    const { number, wallMs = row.wallMs } = whole ?? {};
    if (whole !== undefined && number !== row.number) yield whole;
    whole = number === row.number && wallMs !== undefined ? { ...row, wallMs } : row;
  }
  if (whole !== undefined) yield whole;
}

/** What was refused stands behind the command before it. */
function* inOrder(rows: Iterable<JournalRow>, refusals: Iterable<Refusal>): Generator<Asked, void> {
  const refused = refusals[Symbol.iterator]();
  let next = refused.next();
  for (const row of rows) {
    for (; next.done !== true && next.value.number < row.number; next = refused.next()) yield { outcome: 'refused', refusal: next.value };
    yield { outcome: 'accepted', row };
  }
  for (; next.done !== true; next = refused.next()) yield { outcome: 'refused', refusal: next.value };
}

function firstOf<T>(items: Iterable<T>, count: number): readonly T[] {
  const found: T[] = [];
  for (const item of items) {
    found.push(item);
    if (found.length >= count) break;
  }
  return found;
}

/** Brings a job to its end that reads what a cluster has stored. Fails: as the job fails, or when the cluster was dropped meanwhile. */
export function inTurns<T>(owner: HistoryOwner, live: LiveCluster, job: Job<T>): Promise<T> {
  return driveJob(
    job,
    () => owner.turnEnd(),
    () => checkPresent(owner, live),
  );
}

/** A cluster that was dropped meanwhile has closed its storage. */
export function checkPresent(owner: HistoryOwner, live: LiveCluster): void {
  if (owner.present(live.name) !== live) throw new ServiceError('storage-unavailable', `cluster ${live.name} was opened again meanwhile`);
}
