// What webhooks made of stored objects: a webhook is asked once about a state of an object for all lists and watches, as upstream's caches do.

import type { EncodedObject } from '../../engine/apiserver/read/encoded-object.ts';
import type { Kind } from '../../engine/kinds/kind.ts';

/** Characters of JSON that are kept in a process, beside the objects that they are read to. */
export const CONVERTED_LENGTH_MAX = 16_777_216;

/** Objects as versions have them, the one used longest ago first. */
export class ConvertedCache {
  private readonly entries = new Map<string, EncodedObject>();
  private readonly numbers = new WeakMap<Kind, number>();
  private readonly lengthMax: number;
  private kinds = 0;
  private length = 0;

  constructor(lengthMax = CONVERTED_LENGTH_MAX) {
    this.lengthMax = lengthMax;
  }

  get(kind: Kind, item: EncodedObject): EncodedObject | undefined {
    const key = this.keyOf(kind, item);
    const known = this.entries.get(key);
    if (known === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, known);
    return known;
  }

  set(kind: Kind, item: EncodedObject, converted: EncodedObject): void {
    const key = this.keyOf(kind, item);
    this.forget(key);
    this.entries.set(key, converted);
    this.length += converted.json.length;
    for (const oldest of this.entries.keys()) {
      if (this.length <= this.lengthMax) break;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    this.length -= this.entries.get(key)?.json.length ?? 0;
    this.entries.delete(key);
  }

  /** A kind is that of one cluster, and of one content of its definition: with another one everything is asked anew. */
  private keyOf(kind: Kind, { object }: EncodedObject): string {
    const number = this.numbers.get(kind) ?? (this.kinds += 1);
    this.numbers.set(kind, number);
    return `${number} ${object.metadata.uid} ${object.metadata.resourceVersion}`;
  }
}
