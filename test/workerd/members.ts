// Instances that share a bucket, asked as a proxy asks them, and clients that write on and on.

import { expect } from 'vitest';
import type { Bucket } from './bucket.ts';
import { type Instance, startInstance } from './instance.ts';

/** Time after which a client no longer waits, and asks another instance. */
const PATIENCE_MS = 5_000;

/** Objects that share the directory. */
const FRONTS = 12;

/** It cannot be shortened here: what S3 says of the time is good to a second. */
export const LEASE_MS = 20_000;
export const TAKEOVER_MS = 60_000;

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

export interface Writer {
  readonly cluster: string;
  /** Names that were acknowledged. Whether one that failed was done is not known. */
  readonly acknowledged: string[];
  /** What the others were answered with, as far as they were. */
  readonly refusals: Refusal[];
  stop(): Promise<void>;
}

export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
}

export class Members {
  readonly instances: Instance[] = [];
  private readonly bucket: Bucket;
  private readonly worker: string;
  private turn = 0;

  constructor(bucket: Bucket, worker: string) {
    this.bucket = bucket;
    this.worker = worker;
  }

  /** One after the other: each tries out whether the bucket minds conditions, which two at once may spoil for each other. */
  async add(count = 1): Promise<void> {
    const { worker, bucket } = this;
    for (let added = 0; added < count; added += 1)
      this.instances.push(await startInstance({ worker, fronts: FRONTS, cluster: bucket.cluster }));
  }

  /** One that is asked no more. */
  take(): Instance {
    const [taken] = this.instances.splice(0, 1);
    if (taken === undefined) throw new Error('there is no instance');
    return taken;
  }

  /** One after the other. */
  next(): Instance {
    this.turn += 1;
    const found = this.instances[this.turn % this.instances.length];
    if (found === undefined) throw new Error('there is no instance');
    return found;
  }

  async post(path: string, body: unknown): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return fetch(`${this.next().url}${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal });
  }

  /** Of all instances, which agree. */
  async digestOf(name: string): Promise<string> {
    const answers = await Promise.all(
      this.instances.map(async ({ url }) => ((await (await fetch(`${url}/v1/clusters/${name}`)).json()) as { digest: string }).digest),
    );
    expect(new Set(answers).size, name).toBe(1);
    return answers[0] ?? '';
  }

  async configMapsOf(name: string): Promise<readonly string[]> {
    const answer = await fetch(`${this.next().url}/clusters/${name}${CONFIG_MAPS}`);
    const { items } = (await answer.json()) as { items: readonly { readonly metadata: { readonly name: string } }[] };
    return items.map(({ metadata }) => metadata.name);
  }

  /** Commands, one after the other, until it is stopped. */
  write(cluster: string, prefix: string): Writer {
    const acknowledged: string[] = [];
    const refusals: Refusal[] = [];
    const state = { isOver: false };
    const writing = (async () => {
      for (let index = 0; !state.isOver; index += 1) {
        const name = `${prefix}-${index}`;
        const answer = await this.post(`/clusters/${cluster}${CONFIG_MAPS}`, configMap(name)).catch(() => undefined);
        const text = (await answer?.text().catch(() => undefined)) ?? '{}';
        if (answer?.status === 201) acknowledged.push(name);
        else if (answer !== undefined) refusals.push({ ...parsed(text), status: answer.status });
        // Nobody is there who could answer.
        else await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const stop = () => {
      state.isOver = true;
      return writing;
    };
    return { cluster, acknowledged, refusals, stop };
  }

  /** Waits until each writer has so many more acknowledged. */
  async progress(writers: readonly Writer[], more: number): Promise<void> {
    const before = writers.map(({ acknowledged }) => acknowledged.length);
    const isDone = () => writers.every(({ acknowledged }, index) => acknowledged.length >= (before[index] ?? 0) + more);
    await expect.poll(isDone, { timeout: TAKEOVER_MS }).toBe(true);
  }

  /** Ends the writers; what was acknowledged is there. */
  async settle(writers: readonly Writer[]): Promise<void> {
    await Promise.all(writers.map((writer) => writer.stop()));
    for (const { cluster, acknowledged } of writers)
      expect(await this.configMapsOf(cluster), cluster).toEqual(expect.arrayContaining(acknowledged));
  }

  async remove(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.remove()));
  }
}

/** An answer of the runtime itself is no JSON. */
function parsed(text: string): Partial<Refusal> {
  try {
    return JSON.parse(text) as Partial<Refusal>;
  } catch {
    return { message: text };
  }
}

export function configMap(name: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
}
