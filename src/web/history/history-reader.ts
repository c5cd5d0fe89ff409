// Reads the changes of one object, each once: what is new is asked for behind what came.

import { api, ApiError, dataOf } from '../api/client.ts';
import type { Kind } from '../objects/kube-objects.ts';
import { readObject } from '../objects/kubernetes.ts';
import type { ObjectName } from '../timeline/objects.ts';
import { type Change, ObjectHistory } from './object-history.ts';

/** Changes in one answer. */
const CHANGES_MAX = 500;

export class HistoryReader {
  private readonly cluster: string;
  private readonly object: ObjectName;
  private readonly kind: Kind;
  private history = new ObjectHistory();
  /** Everything up to this revision was taken. */
  private after: number | undefined;

  constructor(cluster: string, object: ObjectName, kind: Kind) {
    this.cluster = cluster;
    this.object = object;
    this.kind = kind;
  }

  /** The history up to a revision at least. Fails: ApiError, TypeError when nobody answers. */
  async read(revision: number): Promise<ObjectHistory> {
    try {
      await this.readMore(revision);
    } catch (error) {
      if (!(error instanceof ApiError && error.problem?.status === 410)) throw error;
      // What came next is not retained any more.
      this.history = new ObjectHistory();
      this.after = undefined;
      await this.readMore(revision);
    }
    return this.history;
  }

  private async readMore(revision: number): Promise<void> {
    const { cluster, object, after } = this;
    const { resource, namespace, name } = object;
    const asked = { resource, name, limit: CHANGES_MAX, ...(namespace === undefined ? {} : { namespace }) };
    let cursor: string | undefined;
    do {
      const place = cursor === undefined ? (after === undefined ? {} : { after }) : { cursor };
      const params = { path: { cluster }, query: { ...asked, ...place } };
      const { items, nextCursor } = await dataOf(api.GET('/v1/clusters/{cluster}/changes', { params }));
      for (const item of items) this.history.take(item);
      this.after = Math.max(this.after ?? 0, ...items.map(({ resourceVersion }) => Number(resourceVersion)));
      cursor = nextCursor;
    } while (cursor !== undefined);
    this.after = Math.max(this.after ?? 0, revision);
    if (this.history.isEmpty) await this.readPresent();
  }

  /** None of its changes is retained any more: it is as it has been for long. */
  private async readPresent(): Promise<void> {
    const { cluster, object, kind } = this;
    const [present, { now }] = await Promise.all([
      readObject(cluster, undefined, kind, object),
      dataOf(api.GET('/v1/clusters/{cluster}/clock', { params: { path: { cluster } } })),
    ]);
    this.history.take({ type: 'MODIFIED', time: now, object: present as Change['object'] });
  }
}
