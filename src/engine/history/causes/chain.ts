// Why an object was changed: from the change back to who woke him who made it, and so on, to a command. Reads a recording of causes, which holds a part of
// the history; where it ends the chain goes on in the part before.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { CauseRecords, Work } from '../../kernel/cause-records.ts';
import { CAUSES_MAX } from '../../kernel/limits.ts';
import type { Change } from '../../kernel/store.ts';
import { type Message, say } from '../words/message.ts';
import { describeComponent, describeTimer } from './components.ts';
import { whatChanged } from './what-changed.ts';

/** One link: what happened, because of what the next one says. */
export interface CauseLink {
  readonly kind: 'change' | 'timer' | 'command';
  readonly timeMs: number;
  /** Whose doing it was; absent: that of who gave a command. */
  readonly component?: string;
  readonly sentence: Message;
  readonly rule: string;
  /** Of a change. */
  readonly revision?: number;
  readonly object?: { readonly resource: string; readonly namespace?: string; readonly name: string };
  /** Of a timer. */
  readonly timer?: string;
}

/** What is looked for next. */
export type Cursor =
  | { readonly kind: 'revision'; readonly revision: number }
  | { readonly kind: 'timer'; readonly owner: string; readonly key: string }
  /** The end: a command, or more than is followed. */
  | { readonly kind: 'command'; readonly seq: number }
  | { readonly kind: 'unknown' };

/** A recording, with the changes that were made meanwhile. */
export interface RecordedPart {
  readonly causes: CauseRecords;
  readonly changes: ReadonlyMap<number, Change>;
}

/** Follows a chain through a part of the history, and adds its links. Returns where it goes on: in an earlier part, or nowhere. */
export function followCauses({ causes, changes }: RecordedPart, from: Cursor, links: CauseLink[]): Cursor {
  let cursor = from;
  for (;;) {
    if (links.length >= CAUSES_MAX) return { kind: 'unknown' };
    const work = workOf(cursor, causes, changes, links);
    if (work === undefined) return cursor;
    const next = followWork(work, links);
    if (next === undefined) return { kind: 'unknown' };
    cursor = next;
    if (cursor.kind === 'command' || cursor.kind === 'timer') return cursor;
  }
}

/** What the cursor stands for, if this part of the history knows. */
function workOf(cursor: Cursor, causes: CauseRecords, changes: RecordedPart['changes'], links: CauseLink[]): Work | undefined {
  if (cursor.kind === 'timer') return causes.timers.get(`${cursor.owner}|${cursor.key}`);
  if (cursor.kind !== 'revision') return undefined;
  const change = changes.get(cursor.revision);
  const work = causes.changes.get(cursor.revision);
  if (change === undefined || work === undefined) return undefined;
  links.push(changeLink(change, work));
  return work;
}

/** From a work to who woke it, up to a change, a timer that was set before, or a command. */
function followWork(start: Work, links: CauseLink[]): Cursor | undefined {
  for (let work: Work | undefined = start; work !== undefined; work = work.by) {
    if (work.kind === 'command') return { kind: 'command', seq: Number(work.key) };
    if (work.kind === 'delivery') return { kind: 'revision', revision: Number(work.key) };
    if (work.kind === 'firing') addTimer(work, links);
    if (work.isCut === true) return undefined;
    if (work.kind === 'firing' && work.by === undefined) return { kind: 'timer', owner: work.owner ?? '', key: work.key };
  }
  return undefined;
}

/** A timer that fired again and again is told once. */
function addTimer({ owner = '', key, component, timeMs }: Work, links: CauseLink[]): void {
  const timer = `${owner} ${key}`;
  if (links.some((link) => link.timer === timer)) return;
  links.push({ kind: 'timer', timeMs, component, ...describeTimer(owner, component), timer });
}

/** The link of a change that was made with the cluster. */
export function foundingLink(change: Change): CauseLink {
  return changeLink(change, undefined);
}

function changeLink(change: Change, work: Work | undefined): CauseLink {
  const { resource, type, revision, timeMs } = change;
  const { namespace, name } = change.object.metadata;
  const verb = ({ ADDED: 'created', MODIFIED: 'changed', DELETED: 'removed' } as const)[type];
  const isApi = work === undefined || work.kind === 'command';
  const described = isApi ? { who: say('apiServer'), rule: 'F4' } : describeComponent(work.component);
  const details = whatChanged(change.object as KubeObject, change.previous as KubeObject | undefined);
  const which = `${resource} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  return {
    kind: 'change',
    timeMs,
    component: isApi ? 'apiserver' : work.component,
    sentence: say(verb, { who: described.who, object: which, details }),
    rule: described.rule,
    revision,
    object: { resource, ...(namespace === undefined ? {} : { namespace }), name },
  };
}
