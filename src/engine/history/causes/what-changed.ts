// What a change of an object was about, in a few words; nothing when there is nothing that people look for first.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Taint } from '../../kinds/node/types.ts';
import { type Message, say } from '../words/message.ts';

interface Loose extends KubeObject {
  readonly spec?: { readonly nodeName?: string; readonly replicas?: number; readonly taints?: readonly Taint[] };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
    readonly containerStatuses?: readonly { readonly name: string; readonly state?: object; readonly restartCount?: number }[];
    readonly failed?: number;
    readonly succeeded?: number;
  };
}

export function whatChanged(now: KubeObject, before: KubeObject | undefined): readonly Message[] {
  if (before === undefined) return [];
  const [to, from] = [now as Loose, before as Loose];
  return [...markers(to, from), ...conditions(to, from), ...containers(to, from)];
}

function markers(to: Loose, from: Loose): readonly Message[] {
  const words: Message[] = [];
  if (to.metadata.deletionTimestamp !== undefined && from.metadata.deletionTimestamp === undefined) words.push(say('markedForDeletion'));
  const [spec, old] = [to.spec ?? {}, from.spec ?? {}];
  if (spec.nodeName !== undefined && spec.nodeName !== old.nodeName) words.push(say('boundTo', { node: spec.nodeName }));
  if (spec.replicas !== old.replicas) words.push(say('scaled', { from: old.replicas ?? 1, to: spec.replicas ?? 1 }));
  const texts = (taints: readonly Taint[] = []) => taints.map(({ key, effect }) => `${key}:${effect}`);
  const added = texts(spec.taints).filter((text) => !texts(old.taints).includes(text));
  if (added.length > 0) words.push(say('tainted', { taints: added }));
  const phase = to.status?.phase;
  if (phase !== undefined && phase !== from.status?.phase) words.push(say('phaseIs', { phase }));
  for (const counter of ['succeeded', 'failed'] as const) {
    const count = to.status?.[counter] ?? 0;
    if (count !== (from.status?.[counter] ?? 0)) words.push(say(counter, { count }));
  }
  return words;
}

function conditions(to: Loose, from: Loose): readonly Message[] {
  const old = new Map(from.status?.conditions?.map(({ type, status }) => [type, status]));
  return (to.status?.conditions ?? [])
    .filter(({ type, status }) => old.get(type) !== status)
    .map(({ type, status, reason }) => say('conditionBecame', { type, status, reason }));
}

function containers(to: Loose, from: Loose): readonly Message[] {
  const stateOf = (state: object | undefined) => Object.keys(state ?? {})[0];
  const old = new Map(from.status?.containerStatuses?.map(({ name, state }) => [name, stateOf(state)]));
  return (to.status?.containerStatuses ?? [])
    .filter(({ name, state }) => stateOf(state) !== undefined && stateOf(state) !== old.get(name))
    .map(({ name, state }) => say('containerBecame', { name, state: stateOf(state) }));
}
