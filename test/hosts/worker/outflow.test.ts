// The streams of a worker and their readers, wired to each other as the messages between the threads wire them.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FromHost } from '../../../src/hosts/worker/messages.ts';
import { Inflow } from '../../../src/hosts/worker/inflow.ts';
import { Outflow } from '../../../src/hosts/worker/outflow.ts';

const KI = 1024;
const WINDOW = 256 * KI;
const LEAST = 16 * KI;
const BUDGET = 64 * KI * KI;

class Scene {
  readonly sent = new Map<number, number>();
  private readonly inflows = new Map<number, Inflow>();
  private readonly outflow = new Outflow((message) => this.receive(message));

  /** A stream of so many pieces. */
  open(id: number, pieceBytes: number, count = Number.POSITIVE_INFINITY): Inflow {
    let made = 0;
    const next = async () => ((made += 1) > count ? undefined : new Uint8Array(pieceBytes));
    const inflow = new Inflow({ read: (bytes) => this.outflow.read(id, bytes), close: () => this.outflow.close(id) });
    this.inflows.set(id, inflow);
    this.outflow.open(id, { next, close() {} });
    return inflow;
  }

  total(): number {
    return [...this.sent.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Waits until nothing is sent any more. */
  async rest(): Promise<void> {
    for (let quiet = 0, before = -1; quiet < 5; quiet = this.total() === before ? quiet + 1 : 0) {
      before = this.total();
      await nextTurn();
    }
  }

  private receive(message: FromHost): void {
    if (message.type === 'stream-end') return this.inflows.get(message.id)?.end();
    if (message.type !== 'pieces') throw new Error(message.type);
    for (const [id, bytes] of message.pieces) {
      this.sent.set(id, (this.sent.get(id) ?? 0) + bytes.length);
      this.inflows.get(id)?.push(bytes);
    }
  }
}

async function readBytes(inflow: Inflow, wanted: number): Promise<number> {
  let read = 0;
  while (read < wanted) {
    const piece = await inflow.next();
    if (piece === undefined) return read;
    read += piece.length;
  }
  return read;
}

describe('what is on its way to readers', () => {
  it('is a window for one that does not read', async () => {
    const scene = new Scene();
    scene.open(1, 100 * KI);
    await scene.rest();
    expect(scene.total()).toBe(WINDOW);
  });

  it('is a budget for all of them, and the least of each', async () => {
    const scene = new Scene();
    for (let id = 0; id < 1_000; id += 1) scene.open(id, 40 * KI);
    await scene.rest();
    expect(Math.min(...scene.sent.values())).toBeGreaterThanOrEqual(LEAST);
    expect(scene.total()).toBeLessThanOrEqual(BUDGET + 1_000 * LEAST);
    expect(scene.total()).toBeGreaterThanOrEqual(BUDGET);
  });

  it('flows to who reads, also when others have spent the budget', async () => {
    const scene = new Scene();
    for (let id = 0; id < 300; id += 1) scene.open(id, 40 * KI);
    await scene.rest();
    const reader = scene.open(1_000, 3 * KI, 2_000);
    expect(await readBytes(reader, Number.POSITIVE_INFINITY)).toBe(6_000 * KI);
    const small = scene.open(1_001, 100, 1_000);
    expect(await readBytes(small, Number.POSITIVE_INFINITY)).toBe(100_000);
  });

  it('goes to those who wait for it when readers leave, ended or not', async () => {
    const scene = new Scene();
    const first = Array.from({ length: 256 }, (_, id) => scene.open(id, 64 * KI, id % 2 === 0 ? 4 : undefined));
    await scene.rest();
    for (let id = 300; id < 556; id += 1) scene.open(id, 64 * KI);
    await scene.rest();
    expect(scene.sent.get(555)).toBe(LEAST);
    for (const inflow of first) inflow.close();
    await scene.rest();
    expect(Math.min(...[...scene.sent].filter(([id]) => id >= 300).map(([, bytes]) => bytes))).toBe(WINDOW);
  });

  it('is forgotten with a stream that ends and is read to its end', async () => {
    const scene = new Scene();
    for (let id = 0; id < 400; id += 1) expect(await readBytes(scene.open(id, 1_000, 200), Number.POSITIVE_INFINITY)).toBe(200_000);
    scene.open(1_000, 64 * KI);
    await scene.rest();
    expect(scene.sent.get(1_000)).toBe(WINDOW);
  });
});
