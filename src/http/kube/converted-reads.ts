// Reads of custom resources that a webhook converts: what is stored is read at one instant, converted, and selected by what the version that was asked for has.
// Upstream: apiserver/pkg/storage/{etcd3/store.go,cacher/cacher.go} (v1.33). Rules: G1-G7, G5, H4, O15.

import { fail, failure, ok, type Result } from '../../engine/apimachinery/status.ts';
import { type EncodedObject, encodedObject } from '../../engine/apiserver/read/encoded-object.ts';
import { type GetOptions, scaleOf } from '../../engine/apiserver/read/get.ts';
import { type ObjectList, pageOf, planList, storedObjects } from '../../engine/apiserver/read/list.ts';
import type { ListOptions } from '../../engine/apiserver/read/list-options.ts';
import { isSelective, type Selection, selects } from '../../engine/apiserver/read/selection.ts';
import type { SelectableChange } from '../../engine/apiserver/read/watch.ts';
import { readObject } from '../../engine/cluster/index.ts';
import type { Kind } from '../../engine/kinds/kind.ts';
import type { LoggedChange } from '../../service/ports.ts';
import { convertAll, convertAnew, type Converting } from './converting.ts';

/** What was read, and the virtual instant at which it was so. */
export interface Seen<T> {
  readonly found: Result<T>;
  readonly nowMs: number;
}

/** G1: one object, or its scale. */
export async function getConverted(context: Converting, { subresource, ...query }: GetOptions): Promise<Seen<EncodedObject>> {
  const { kind } = query;
  const { found, nowMs } = context.service.read(context.cluster, (state) => ({ found: readObject(state, query), nowMs: state.nowMs }));
  const converted = found.ok ? await convertAnew(context, kind, found.value) : found;
  if (!converted.ok || subresource !== 'scale') return { found: converted, nowMs };
  return { found: scaleOf(kind, converted.value), nowMs };
}

/** G2-G7: where nothing is selected by, no more than a page is converted. */
export async function listConverted(
  context: Converting,
  kind: Kind,
  namespace: string | undefined,
  query: ListOptions,
): Promise<Seen<ObjectList>> {
  const { begun, nowMs } = context.service.read(context.cluster, (state) => {
    const plan = planList(state, kind, namespace, query);
    return { begun: plan.ok ? ok({ plan: plan.value, stored: storedObjects(state, plan.value.selection) }) : plan, nowMs: state.nowMs };
  });
  if (!begun.ok) return { found: begun, nowMs };
  const { plan, stored } = begun.value;
  const page = isSelective(plan.selection) ? undefined : pageOf(stored, plan);
  const converted = await convertAll(context, kind, page?.items ?? stored);
  if (!converted.ok) return { found: converted, nowMs };
  if (page !== undefined) return { found: ok({ ...page, items: converted.value }), nowMs };
  const selected = converted.value.filter(({ object }) => selects(plan.selection, object));
  return { found: ok(pageOf(selected, plan)), nowMs };
}

/** H2: the objects with which a watch begins. Fails: as upstream's cache while it cannot be filled. */
export async function firstConverted(
  context: Converting,
  selection: Selection,
  stored: readonly EncodedObject[],
): Promise<Result<readonly EncodedObject[]>> {
  const converted = await convertAll(context, selection.kind, stored);
  if (!converted.ok) return fail(failure(429, 'TooManyRequests', 'storage is (re)initializing', { retryAfterSeconds: 1 }));
  return ok(converted.value.filter(({ object }) => selects(selection, object)));
}

/** The changes of a watch in its version: those that it may see are converted, in their order, before they are encoded. */
export class ConvertedChanges {
  private readonly context: Converting;
  private readonly selection: Selection;
  private readonly seen = new Map<LoggedChange, SelectableChange>();

  constructor(context: Converting, selection: Selection) {
    this.context = context;
    this.selection = selection;
  }

  /** Converts changes that come next; false when one cannot be, with which a watch ends. */
  async prepare(changes: readonly LoggedChange[]): Promise<boolean> {
    const { resource, namespace } = this.selection;
    this.seen.clear();
    for (const change of changes) {
      if (change.resource !== resource || (namespace !== undefined && change.object.metadata.namespace !== namespace)) continue;
      const { object, previous, json } = change;
      const items = previous === undefined ? [{ object, json }] : [{ object, json }, encodedObject(previous)];
      const converted = await convertAll(this.context, this.selection.kind, items);
      if (!converted.ok) return false;
      const [now, before] = converted.value as [EncodedObject, EncodedObject | undefined];
      this.seen.set(change, { ...selectable(change), ...now, previous: before?.object });
    }
    return true;
  }

  /** The change in the version of the watch; undefined: it is not about what is watched. */
  of(change: LoggedChange): SelectableChange | undefined {
    return this.seen.get(change);
  }
}

function selectable({ revision, timeMs, type, resource }: LoggedChange): Omit<SelectableChange, 'object' | 'json'> {
  return { revision, timeMs, type, resource };
}
