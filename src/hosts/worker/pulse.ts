// What can be seen of a worker thread that answers no more: whether its event loop turns, and which cluster it works for. Kept in shared memory, because
// a thread that is stuck sends no message, and one that has died left none.

import { CLUSTER_NAME_LENGTH_MAX } from '../../service/ports.ts';

const COUNTERS = 2;
const BEATS = 0;
const NAME_LENGTH = 1;

export class Pulse {
  readonly buffer: SharedArrayBuffer;
  private readonly counters: Int32Array;
  private readonly name: Uint8Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(COUNTERS * Int32Array.BYTES_PER_ELEMENT + CLUSTER_NAME_LENGTH_MAX)) {
    this.buffer = buffer;
    this.counters = new Int32Array(buffer, 0, COUNTERS);
    this.name = new Uint8Array(buffer, COUNTERS * Int32Array.BYTES_PER_ELEMENT);
  }

  /** The event loop has turned. */
  beat(): void {
    Atomics.add(this.counters, BEATS, 1);
  }

  get beats(): number {
    return Atomics.load(this.counters, BEATS);
  }

  /** The cluster for which work begins. */
  setWork(cluster: string): void {
    const length = Math.min(cluster.length, CLUSTER_NAME_LENGTH_MAX);
    for (let index = 0; index < length; index += 1) this.name[index] = cluster.charCodeAt(index);
    Atomics.store(this.counters, NAME_LENGTH, length);
  }

  /** The cluster for which work began last. */
  get work(): string | undefined {
    const length = Atomics.load(this.counters, NAME_LENGTH);
    return length === 0 ? undefined : String.fromCharCode(...this.name.slice(0, length));
  }
}
