// What a change of an object was about, in a few words; nothing when there is nothing that people look for first.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Taint } from '../../kinds/node/types.ts';

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

export function whatChanged(now: KubeObject, before: KubeObject | undefined): string {
  if (before === undefined) return '';
  const [to, from] = [now as Loose, before as Loose];
  return [...markers(to, from), ...conditions(to, from), ...containers(to, from)].join(', ');
}

function markers(to: Loose, from: Loose): string[] {
  const words: string[] = [];
  if (to.metadata.deletionTimestamp !== undefined && from.metadata.deletionTimestamp === undefined) words.push('marked for deletion');
  const [spec, old] = [to.spec ?? {}, from.spec ?? {}];
  if (spec.nodeName !== undefined && spec.nodeName !== old.nodeName) words.push(`bound to ${spec.nodeName}`);
  if (spec.replicas !== old.replicas) words.push(`${old.replicas ?? 1} to ${spec.replicas ?? 1} replicas`);
  const texts = (taints: readonly Taint[] = []) => taints.map(({ key, effect }) => `${key}:${effect}`);
  const added = texts(spec.taints).filter((text) => !texts(old.taints).includes(text));
  if (added.length > 0) words.push(`tainted ${added.join(' and ')}`);
  const phase = to.status?.phase;
  if (phase !== undefined && phase !== from.status?.phase) words.push(`phase ${phase}`);
  for (const counter of ['succeeded', 'failed'] as const) {
    const count = to.status?.[counter] ?? 0;
    if (count !== (from.status?.[counter] ?? 0)) words.push(`${count} ${counter}`);
  }
  return words;
}

function conditions(to: Loose, from: Loose): string[] {
  const old = new Map(from.status?.conditions?.map(({ type, status }) => [type, status]));
  return (to.status?.conditions ?? [])
    .filter(({ type, status }) => old.get(type) !== status)
    .map(({ type, status, reason }) => `${type} is ${status}${reason === undefined ? '' : ` (${reason})`}`);
}

function containers(to: Loose, from: Loose): string[] {
  const stateOf = (state: object | undefined) => Object.keys(state ?? {})[0];
  const old = new Map(from.status?.containerStatuses?.map(({ name, state }) => [name, stateOf(state)]));
  return (to.status?.containerStatuses ?? [])
    .filter(({ name, state }) => stateOf(state) !== undefined && stateOf(state) !== old.get(name))
    .map(({ name, state }) => `container ${name} is ${stateOf(state)}`);
}
