// Replays the steps of a recorded case in a cluster of its own.

import {
  differencesOf,
  fillIn,
  normalize,
  pick,
  type RecordedCase,
  type RecordedRequest,
  type RecordedResponse,
  type RecordedStep,
} from './recorded-case.ts';
import { send } from '../../support/kube-client.ts';
import { likeRecordedEvent, readEvents, type RecordedEvent, type WatchEvent } from './recorded-watch.ts';
import { createTestCluster, type TestCluster } from './server.ts';

interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly warnings?: readonly string[];
  readonly body: unknown;
}

/** The replay of one case. */
interface Replay {
  readonly cluster: TestCluster;
  /** Bodies by step; what requests of later steps refer to. */
  readonly answers: unknown[];
  readonly watches: Map<string, Response>;
  readonly differences: string[];
}

/** Runs a case; the differences of all its checks. Ends where a kind is asked for that does not exist here. */
export async function replay(recorded: RecordedCase): Promise<readonly string[]> {
  const cluster = createTestCluster({ nodes: 0, startMs: startOf(recorded) });
  const context: Replay = { cluster, answers: [], watches: new Map(), differences: [] };
  try {
    await sendRecorded(cluster, {
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'golden' } },
    });
    for (const [index, step] of recorded.steps.entries()) {
      const isPossible = await runStep(context, step, index);
      if (!isPossible) break;
    }
    return context.differences;
  } finally {
    for (const watch of context.watches.values()) await watch.body?.cancel();
    await cluster.remove();
  }
}

/** The first instant that a recording names; requests may name later ones. */
function startOf(recorded: RecordedCase): number {
  const texts = JSON.stringify(recorded).match(/(?<="creationTimestamp":")[^"]+/g) ?? ['2026-11-23T17:15:00Z'];
  return Math.min(...texts.map((text) => Date.parse(text)));
}

/** False when the step asks for a kind that is not here. */
async function runStep(context: Replay, step: RecordedStep, index: number): Promise<boolean> {
  const { cluster, answers, differences } = context;
  switch (step.role) {
    case 'setup':
    case 'check': {
      const answer = await sendRecorded(cluster, fillIn(step.request as RecordedRequest, answers));
      if (isMissingKind(answer, step)) return false;
      answers[index] = answer.body;
      if (step.role === 'setup') return true;
      const found = checkStep(
        step.response ?? { status: 0 },
        answer,
        answers.slice(0, index).findLast((body) => body !== undefined),
      );
      differences.push(...found.map((difference) => `step ${index}: ${difference}`));
      return true;
    }
    case 'wait':
      answers[index] = await waitFor(cluster, fillIn(step.until?.path ?? '', answers), step.until?.condition);
      return true;
    case 'pause':
      await cluster.advance(step.ms ?? 0);
      return true;
    case 'watch-start': {
      const response = await cluster.fetch(fillIn(step.request?.path ?? '', answers));
      if (response.status === 404) return false;
      context.watches.set(step.id ?? '', response);
      return true;
    }
    case 'watch-end':
      differences.push(...(await checkWatch(context, step)).map((difference) => `step ${index}: ${difference}`));
      return true;
    case 'note':
      return true;
  }
}

/** Virtual seconds that a condition may take. */
const WAIT_SECONDS_MAX = 60;

async function waitFor(cluster: TestCluster, path: string, condition: string | undefined): Promise<unknown> {
  for (let second = 0; ; second += 1) {
    // The recordings looked from time to time.
    if (condition !== undefined) await cluster.advance(1000);
    const { body } = await sendRecorded(cluster, { method: 'GET', path });
    if (condition === undefined || second === WAIT_SECONDS_MAX || isMet(condition, body)) return body;
  }
}

/** `2 pods` or `status.replicas==1`. */
function isMet(condition: string, body: unknown): boolean {
  const [path = '', value] = condition.split('==');
  return value === undefined ? itemsOf(body).length === Number.parseInt(path, 10) : String(pick(body, path) ?? 0) === value;
}

async function checkWatch({ watches, cluster }: Replay, step: RecordedStep): Promise<readonly string[]> {
  const watch = watches.get(step.id ?? '');
  watches.delete(step.id ?? '');
  // A recording ends a while after its last request, and not before the last instant that it names.
  await cluster.advance(Math.max(1000, latestOf(step.events) + 1000 - cluster.nowMs()));
  const recorded = byObject(step.events ?? [], step.events ?? []);
  const given = byObject(watch === undefined ? [] : await readEvents(watch), recorded);
  const shown = given.map((event, index) => likeRecordedEvent(event, recorded[index] ?? { type: '', name: '' }));
  const briefly = (events: readonly { type: string }[]): string => events.map((event) => event.type).join(' ');
  if (given.length !== recorded.length) return [`events: ${briefly(recorded)}, not ${briefly(given)}`];
  return differencesOf(comparable(recorded), comparable(shown), 'events');
}

function latestOf(events: unknown): number {
  const texts = JSON.stringify(events ?? []).match(/(?<="(?:lastTransitionTime|creationTimestamp)":")[^"]+/g) ?? [];
  return Math.max(0, ...texts.map((text) => Date.parse(text)));
}

async function sendRecorded(cluster: TestCluster, request: RecordedRequest): Promise<Answer> {
  const { method, path, body, contentType: sent = 'application/json', accept } = request;
  const given = await send(cluster, method, path, body, { 'Content-Type': sent, ...(accept === undefined ? {} : { Accept: accept }) });
  const contentType = given.headers.get('content-type');
  // A real clock never stands.
  const warnings = splitWarnings(given.warning ?? '').filter((text) => !/"the clock of cluster \S+ stands still: /.test(text));
  return {
    status: given.status,
    ...(contentType === null ? {} : { contentType }),
    ...(warnings.length === 0 ? {} : { warnings }),
    body: contentType === 'application/json' ? parseBody(given.text) : given.text,
  };
}

function splitWarnings(header: string): readonly string[] {
  return header.match(/299 - "(?:[^"\\]|\\.)*"/g) ?? [];
}

/** A watch answers several lines. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The kinds of later versions of this project are not an error of this one. */
function isMissingKind(answer: Answer, step: RecordedStep): boolean {
  if (answer.status !== 404 || step.response?.status === 404) return false;
  return answer.body === '404 page not found\n' || JSON.stringify(answer.body).includes('could not find the requested resource');
}

function checkStep(recorded: RecordedResponse, answer: Answer, before: unknown): readonly string[] {
  const { body, resourceVersion: _, ...head } = recorded;
  const { body: given, ...givenHead } = answer;
  // A wholly different answer says enough by its first line.
  if (head.status !== answer.status) return [`status: ${head.status}, not ${answer.status} ${JSON.stringify(given).slice(0, 200)}`];
  const digest = Object.fromEntries(Object.entries(head).map(([name]) => [name, DIGESTS[name]?.(given, before)]));
  const heads = differencesOf(head, { ...digest, ...givenHead });
  if (body === undefined) return heads;
  return [...heads, ...differencesOf(comparable(body), comparable(namesLike(body, given)))];
}

/** A body without what differs from run to run, in an order that does not come from it. */
function comparable(body: unknown): unknown {
  return inOrder(normalize(withoutHashes(body)));
}

const HASHES = /"pod-template-hash":"([^"]+)"|(?:replica set|ReplicaSet) \\"\w+-([^"\\]+)\\"|"d-([a-z0-9]{6,10})(?:-[a-z0-9]{5})?"/g;

/** The hashes of pod templates, which another JSON makes differ, and the random ends of the names behind them; numbered as they come. */
function withoutHashes<T>(body: T): T {
  const text = JSON.stringify(body);
  const hashes = [...new Set([...text.matchAll(HASHES)].map(([, ...found]) => found.find((hash) => hash !== undefined)))];
  // The order of items comes from their names.
  const isOrdered = !((body as { kind?: string } | undefined)?.kind ?? '').endsWith('List');
  const named = hashes.reduce<string>((left, hash, index) => left.replaceAll(hash ?? '', `hash-${isOrdered ? index : 0}`), text);
  return JSON.parse(named.replace(/(hash-\d+-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1*****')) as T;
}

/** Events of one object are in order; those of different objects come as it happens. */
function byObject<T extends WatchEvent | RecordedEvent>(events: readonly T[], recorded: readonly RecordedEvent[]): readonly T[] {
  const names = events.map((event) => ('name' in event ? event['name'] : metadataOf(event.object).name));
  // Some recordings do without the names of the objects: then nothing but the order of types is known.
  const hasNames = !recorded.some((event) => String(event['name']).endsWith('-*'));
  // Of pods that are alike any may be the one that goes: those that stay come first.
  const countOf = (name: unknown): number => events.filter((_, index) => names[index] === name).length;
  const keys = names.map((name, index) =>
    hasNames ? countOf(name) * events.length + names.indexOf(name) : TYPES.indexOf(events[index]?.type ?? ''),
  );
  const order = events.map((_, index) => index).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
  return order.map((index) => events[index] as T);
}

const TYPES = ['ADDED', 'MODIFIED', 'DELETED'];

const ROOT_CA = 'kube-root-ca.crt';

/** What a recording says of a body instead of keeping it. */
const DIGESTS: Readonly<Record<string, (body: unknown, before: unknown) => unknown>> = {
  names: (body) => namesOf(body).filter((name) => name !== ROOT_CA),
  includesUnlabelledRootCA: (body) => namesOf(body).includes(ROOT_CA),
  count: (body) => itemsOf(body).length,
  generation: (body) => metadataOf(body).generation,
  sameRV: (body, before) => metadataOf(body).resourceVersion === metadataOf(before).resourceVersion,
};

interface Metadata {
  readonly name?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
}

function metadataOf(body: unknown): Metadata {
  return (body as { metadata?: Metadata } | undefined)?.metadata ?? {};
}

function itemsOf(body: unknown): readonly unknown[] {
  return (body as { items?: readonly unknown[] } | undefined)?.items ?? [];
}

function namesOf(body: unknown): readonly string[] {
  return itemsOf(body).map((item) => metadataOf(item).name ?? '');
}

/** Lists of Event objects and ReplicaSets are ordered by random names; here by what they say. */
function inOrder(body: unknown): unknown {
  if (!['EventList', 'ReplicaSetList'].includes((body as { kind?: string } | undefined)?.kind ?? '')) return body;
  const keyOf = (item: unknown): string => {
    const { reason, message, spec } = item as { readonly reason?: string; readonly message?: string; readonly spec?: unknown };
    return `${reason} ${message} ${JSON.stringify(pick(spec, 'template.spec'))}`;
  };
  return { ...(body as object), items: itemsOf(body).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0)) };
}

/** A list with names instead of its items, where the recording has it so. */
function namesLike(recorded: unknown, given: unknown): unknown {
  const isNames = itemsOf(recorded).some((item) => typeof item === 'string');
  return isNames ? { ...(given as object), items: namesOf(given) } : given;
}
