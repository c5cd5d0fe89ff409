// One host over a folder of its own, asked without a front.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterFilesOf, openDirectory } from '../../src/db/directory.ts';
import { HostDirectory } from '../../src/db/host-directory.ts';
import type { ClusterConfig } from '../../src/engine/cluster/index.ts';
import { LocalHost } from '../../src/hosts/local-host.ts';
import { WorkerHost, type WorkerHostOptions } from '../../src/hosts/worker/worker-host.ts';
import { createClusterService } from '../../src/service/cluster-service.ts';
import type { ByteSource, Host, HostAnswer, HostEvents, HostRequest } from '../../src/service/host.ts';
import { newRow } from '../../src/service/new-row.ts';
import type { DirectoryRow } from '../../src/service/storage.ts';
import { configOf } from '../service/fixtures.ts';

export type StartTestHost = (folder: string, events: HostEvents) => Host;

export function startLocalHost(folder: string, events: HostEvents): Host {
  const directory = new HostDirectory(clusterFilesOf(folder, {}), [], events);
  return new LocalHost(directory, { service: createClusterService(directory), checksAnswers: true });
}

export function startWorkerHost(
  folder: string,
  events: HostEvents,
  options: Partial<WorkerHostOptions> = {},
  running: readonly DirectoryRow[] = [],
): WorkerHost {
  return new WorkerHost(
    {
      folder,
      beginsUnasked: false,
      limits: {},
      bodyBytesMax: undefined,
      clusterBytesMax: undefined,
      checksAnswers: true,
      webhookHosts: [],
      heapMegabytesMax: 512,
      silenceMsMax: 60_000,
      onError: () => {},
      onFailure: (error) => {
        throw error;
      },
      ...options,
    },
    running,
    events,
  );
}

const DECODER = new TextDecoder();

export class HostFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'orrery-host-'));
  readonly host: Host;
  /** What the host said, a line each. */
  readonly said: string[] = [];
  private readonly rows = new Map<string, DirectoryRow>();

  constructor(start: StartTestHost) {
    // The folder is a front's.
    openDirectory(this.folder).close();
    this.host = this.start(start);
  }

  start(start: StartTestHost): Host {
    return start(this.folder, {
      onInfo: (name, info) => void this.said.push(`${name} ${info === undefined ? 'awake' : 'asleep'}`),
      onRunning: (name, isRunning) => void this.said.push(`${name} ${isRunning ? 'running' : 'standing'}`),
      onBroken: (name) => void this.said.push(`${name} broken`),
      onLost: (cause, cluster) => void this.said.push(`lost ${(cause as { code?: string } | undefined)?.code ?? ''} ${cluster ?? ''}`),
    });
  }

  row(name: string, config: Partial<ClusterConfig> = {}): DirectoryRow {
    const known = this.rows.get(name);
    if (known !== undefined) return known;
    const row = { ...newRow(configOf(name, config), {}, false), createdAt: '2026-01-01T00:00:00.000Z' };
    this.rows.set(name, row);
    return row;
  }

  async create(name: string, config: Partial<ClusterConfig> = {}): Promise<void> {
    const row = this.row(name, config);
    this.host.know(row);
    await this.host.create(row);
  }

  async remove(): Promise<void> {
    await this.host.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Instead of a body in JSON. */
  readonly bytes?: Uint8Array;
  readonly canUpgrade?: boolean;
  readonly signal?: AbortSignal;
}

/** Asks the Kubernetes API of a cluster. */
export function askKube(host: Pick<Host, 'fetch'>, cluster: string, path: string, asked: Asked = {}): Promise<HostAnswer> {
  const url = `http://localhost/clusters/${cluster}${path}`;
  return ask(host, { cluster, url, route: { face: 'kubernetes', prefix: '', isRoot: false } }, asked);
}

/** Asks an endpoint of the service API. */
export function askService(host: Host, cluster: string, operationId: string, asked: Asked = {}, query = ''): Promise<HostAnswer> {
  const url = `http://localhost/v1/clusters/${cluster}${query}`;
  return ask(host, { cluster, url, route: { face: 'service', operationId, params: { cluster } } }, asked);
}

function ask(host: Pick<Host, 'fetch'>, target: Pick<HostRequest, 'cluster' | 'url' | 'route'>, asked: Asked): Promise<HostAnswer> {
  const { method = 'GET', headers = {}, body, bytes, canUpgrade = false, signal = new AbortController().signal } = asked;
  const json = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
  const type = body === undefined || 'content-type' in headers ? {} : { 'content-type': 'application/json' };
  return host.fetch({ ...target, method, headers: Object.entries({ ...type, ...headers }), body: bytes ?? json, canUpgrade }, signal);
}

export function textOf({ body }: HostAnswer): string {
  return DECODER.decode(bytesOf({ body }));
}

export function bytesOf({ body }: Pick<HostAnswer, 'body'>): Uint8Array {
  if (body !== undefined && !(body instanceof Uint8Array)) throw new Error('the answer is a stream');
  return body ?? new Uint8Array();
}

export function jsonOf(answer: HostAnswer): Record<string, unknown> {
  return JSON.parse(textOf(answer)) as Record<string, unknown>;
}

export function streamOf({ body }: HostAnswer): ByteSource {
  if (body === undefined || body instanceof Uint8Array) throw new Error(`the answer is no stream: ${DECODER.decode(body)}`);
  return body;
}

/** Reads a stream until its text says something, or to its end. */
export async function readUntil(stream: ByteSource, holds: (text: string) => boolean = () => false): Promise<string> {
  let text = '';
  for (let bytes = await stream.next(); bytes !== undefined; bytes = await stream.next()) {
    text += DECODER.decode(bytes, { stream: true });
    if (holds(text)) return text;
  }
  return text;
}
