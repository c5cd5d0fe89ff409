// A write on its way into the store, and the steps that it takes. Creations and updates, of clients and of what runs inside the cluster, are rows of steps of
// the same names; each says itself what is so of a new object and what of one that is replaced. The rows stand in create-object.ts, create.ts and update.ts.
// Upstream: apiserver/pkg/registry/rest/{create,update}.go, pkg/registry/generic/registry/store.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { Exchanged, Kind } from '../../kinds/kind.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { judgeObject } from '../admission/index.ts';
import type { Charge } from '../admission/quota.ts';
import { allocate } from './allocate.ts';
import { exchanged } from './exchanged.ts';
import { refuseSize } from './object-size.ts';

export interface Write {
  readonly state: ClusterState;
  readonly kind: Kind;
  /** What is replaced; undefined where the object is new. */
  readonly present: KubeObject | undefined;
  /** Through which subresource, '' for none. */
  readonly subresource: string;
  readonly isDryRun: boolean;
  /** A private draft until it is prepared, then what is about to be stored. */
  object: KubeObject;
  /** What quotas are charged for it. */
  charges: readonly Charge[];
  /** How it is stored, and what the version of the request has of it; known at the end. */
  exchanged: Exchanged | undefined;
}

/** Brings a write further, or refuses it. */
export type Step<W extends Write> = (write: W) => Status | undefined | void;

/** Takes steps in order; the first refusal ends them. */
export function takeSteps<W extends Write>(write: W, steps: readonly Step<W>[]): Status | undefined {
  for (const step of steps) {
    const refusal = step(write);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** What plug-ins and quotas say of a valid object. */
export function judge(write: Write): Status | undefined {
  const { state, kind, object, present: previous, subresource } = write;
  const verdict = judgeObject(state, kind, object, { previous, subresource });
  if ('refusal' in verdict) return verdict.refusal;
  write.charges = verdict.charges;
  return undefined;
}

/** What no two objects may have in common is taken for the main resource only (C524). */
export function takeShared({ state, kind, object, present, subresource }: Write): Status | undefined {
  return subresource === '' ? allocate(state, kind, object, present) : undefined;
}

/** D9: what is not kept may be of any size. */
export function limitSize({ object, isDryRun }: Write): Status | undefined {
  return isDryRun ? undefined : refuseSize(object);
}

/** O15: the object in the version in which it is stored. */
export function exchange(write: Write): Status | undefined {
  const passed = exchanged(write.kind, write.object);
  if (!passed.ok) return passed.status;
  write.exchanged = passed.value;
  return undefined;
}
