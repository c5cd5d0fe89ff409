// The timeline of a cluster, from its watch history and its commands: read in turns, forwards, from a moment on. What is made of it is bounded by the
// changes that are looked through.

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Mark,
  newTimeline,
  observe,
  type RowFilter,
  rowId,
  takeSteps,
  type Timeline,
  TIMELINE_RESOURCES,
  type TimelineStep,
  type Fault,
  type PodsTarget,
} from '../engine/cluster/index.ts';
import type { KubeObject } from '../engine/apimachinery/meta.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import { storedOf } from '../engine/kernel/store.ts';
import { describeCommand } from './command-text.ts';
import type { ClusterService } from './ports.ts';
import type { JournalRow, Refusal, RefusalPosition } from './storage.ts';

/** Commands that are read at a time. */
const COMMANDS_PER_TURN = 500;

/** Where a timeline begins: behind a revision and a command. */
export interface TimelineStart {
  readonly revision: number;
  readonly number: number;
  /** Id of the last fault that was set before it; absent: none was. */
  readonly lastFault?: string;
}

/** Where to stop with commands: behind one, with what was refused behind it up to a time. */
export interface CommandsEnd {
  readonly numberMax: number;
  readonly refusedMs: number;
}

/** Where to stop: behind a revision, and before the first change after a time. */
export interface TimelineEnd {
  readonly revision: number;
  readonly nowMs: number;
}

export class TimelineReader {
  /** Everything up to here is told. */
  revision: number;
  private position: RefusalPosition;
  /** Faults that were set so far: ids count them. */
  private faults: number;
  private readonly service: ClusterService;
  private readonly cluster: string;
  private readonly timeline: Timeline;

  constructor(service: ClusterService, cluster: string, filter: RowFilter, start: TimelineStart) {
    this.service = service;
    this.cluster = cluster;
    this.timeline = newTimeline(filter);
    this.revision = start.revision;
    this.position = { number: start.number, id: 0 };
    this.faults = Number(start.lastFault?.replace('fault-', '') ?? 0);
  }

  /** Takes what is there when it begins. */
  present(state: ClusterState): TimelineStep[] {
    for (const resource of TIMELINE_RESOURCES) {
      for (const { object } of storedOf(state, resource).values())
        observe(this.timeline, { type: 'ADDED', timeMs: state.nowMs, resource, object: object as KubeObject });
    }
    return takeSteps(this.timeline);
  }

  /** Goes on by some hundred changes; undefined when the end is reached. Fails: gone. */
  async readChanges(end: TimelineEnd, countMax: number): Promise<TimelineStep[] | undefined> {
    if (this.revision >= end.revision) return undefined;
    const changes = await this.service.history.changes(this.cluster, this.revision);
    if (changes.length === 0) return undefined;
    let count = 0;
    for (const change of changes) {
      if (change.revision > end.revision || change.timeMs > end.nowMs) return count === 0 ? undefined : takeSteps(this.timeline);
      observe(this.timeline, change);
      this.revision = change.revision;
      count += 1;
      if (count >= countMax) break;
    }
    await nextTurn();
    return takeSteps(this.timeline);
  }

  /** Commands, faults and what was refused, up to an end; some hundred at a time, undefined when there are no more. */
  async readCommands({ numberMax, refusedMs }: CommandsEnd): Promise<TimelineStep[] | undefined> {
    const found = await this.service.history.asked(this.cluster, this.position, COMMANDS_PER_TURN);
    const steps: TimelineStep[] = [];
    let count = 0;
    for (const asked of found) {
      const isRefused = asked.outcome === 'refused';
      const { number, command, nowMs = 0 } = isRefused ? asked.refusal : asked.row;
      if (number > numberMax || (isRefused && number === numberMax && nowMs > refusedMs)) break;
      this.position = isRefused ? asked.refusal : { number, id: 0 };
      count += 1;
      if (!isRefused && command.type === 'fault') this.faults += 1;
      steps.push(...(isRefused ? refusedMark(asked.refusal) : markOf(asked.row, `fault-${this.faults}`)));
    }
    await nextTurn();
    return count === 0 ? undefined : steps;
  }
}

/** What follows from time alone, and what belongs to a session that goes on, is not told. */
const UNTOLD = ['genesis', 'advance', 'exec-input', 'exec-close', 'attach-input', 'park'];

function markOf({ command, number, nowMs = 0 }: JournalRow, lastFault: string): TimelineStep[] {
  if (UNTOLD.includes(command.type)) return [];
  const fault = command.type === 'fault' ? lastFault : command.type === 'end-fault' ? command.id : undefined;
  const atMs = command.type === 'fault' ? nowMs + command.afterMs : nowMs;
  const told = { type: fault === undefined ? 'command' : 'fault', text: describeCommand(command), number } as const;
  const mark: Mark = { atMs, ...told, ...(fault === undefined ? {} : { fault }) };
  return [{ type: 'mark', row: command.type === 'fault' ? struckRow(command.fault) : undefined, mark }];
}

function refusedMark({ command, line, number, nowMs, reason, message }: Refusal): TimelineStep[] {
  if (UNTOLD.includes(command.type) && command.type !== 'advance') return [];
  return [{ type: 'mark', mark: { atMs: nowMs, type: 'refused', text: `${line}: ${reason}: ${message}`, number } }];
}

/** The row of what a fault strikes; none of what is no row. */
function struckRow(fault: Fault): string | undefined {
  const { node = null, namespace = null, pod = null } = { ...fault } as Partial<PodsTarget>;
  if (pod !== null && namespace !== null) return rowId('pods', namespace, pod);
  return node === null ? undefined : rowId('nodes', undefined, node);
}
