// The port behind which clusters live. The front asks; a host has the clusters, their storage and the engine. What crosses is plain data and bytes,
// never a closure over a cluster's state, so that a host may be in this process, in a thread of its own, or an object elsewhere.
// See docs/decisions/0030-hosts.md.

import type { ClusterInfo, ForkMade, ForkRequest, Replay, Replayed, RewindRequest, Rewound, ServiceStats } from './ports.ts';
import type { DirectoryRow } from './storage.ts';

/** Makes bytes on demand; `undefined` ends the stream. */
export interface ByteSource {
  next(): Promise<Uint8Array | undefined>;
  /** Called once, when the stream has ended or the reader has left; `next` may be pending. */
  close(): void;
}

/** What the client of exec or attach asked for. */
export interface RemoteStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export type OutputStream = 'stdout' | 'stderr';

/** Where output goes. A write may be waited for; `finish` is the last call. */
export interface RemoteOutput {
  write(stream: OutputStream, bytes: Uint8Array): Awaitable<void>;
  /** S6: the Status of the end, as JSON. */
  finish(status: string): void;
}

type Awaitable<T> = T | Promise<T>;

/** S6: what is told of a session whose cluster or host has gone, or was taken back to its last command. */
export const SESSION_LOST = JSON.stringify({
  metadata: {},
  status: 'Failure',
  message: 'Internal error occurred: the session is no longer there',
  reason: 'InternalError',
  code: 500,
});

/** A running exec or attach. Its calls do nothing once it has ended. */
export interface RemoteSession {
  /** Resolves when more can be taken. */
  write(bytes: Uint8Array): Awaitable<void>;
  closeInput(): void;
  /** The client has gone. */
  close(): void;
}

/** One connection to a port of a pod. */
export interface PortConnection {
  /** Takes what the client sends and returns what the server answers; `isOver` when the server closes behind it. */
  exchange(bytes: Uint8Array): Awaitable<PortAnswer>;
  /** The client has closed it. */
  close(): void;
}

export interface PortAnswer {
  readonly bytes: Uint8Array;
  readonly isOver: boolean;
}

/** What is to be served on the connection of a client that asked for an upgrade, whatever frames it speaks. Whoever takes one releases it. */
export type StreamPlan = { release(): void } & (
  | {
      readonly kind: 'remote-command';
      readonly streams: RemoteStreams;
      /** Starts when the client's streams are there. */
      start(output: RemoteOutput): RemoteSession;
    }
  | {
      readonly kind: 'port-forward';
      /** Ports that a client of the channel protocol named (S16). */
      readonly ports: readonly number[];
      /** A string says why nothing can be connected to. */
      connect(port: number): Awaitable<PortConnection | string>;
    }
);

/** What answers a request: an endpoint of the service API with the parameters of its path, or the Kubernetes API of the cluster. */
export type HostRoute =
  | { readonly face: 'service'; readonly operationId: string; readonly params: Readonly<Record<string, string>> }
  | {
      readonly face: 'kubernetes';
      /** What stands before `/clusters/{cluster}` in the path, as clients see it. */
      readonly prefix: string;
      /** The path is that of the cluster's API itself (A3). */
      readonly isRoot: boolean;
      /** The user that the key of the request carries; absent: the owner of the cluster. */
      readonly user?: { readonly username: string; readonly groups: readonly string[] } | undefined;
    };

/** A request that the front has admitted. */
export interface HostRequest {
  readonly cluster: string;
  readonly route: HostRoute;
  readonly method: string;
  /** As the client sees it. */
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array | undefined;
  /** The client's connection can be turned into one of streams. */
  readonly canUpgrade: boolean;
}

/** Methods of requests that can be sent again when nobody knows whether they were done. */
export const SAFE_METHODS: readonly string[] = ['GET', 'HEAD'];

/** Names and values; a name may stand more than once. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface HostAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  /** A source is read at the reader's pace and must be closed. */
  readonly body: Uint8Array | ByteSource | undefined;
  /** Present when the request can be upgraded; the rest is for who does not. */
  readonly plan?: StreamPlan;
}

/** What a host says of itself. */
export interface HostStats extends Omit<ServiceStats, 'clusters'> {
  /** Of the heap of its thread, in use. */
  readonly heapBytes: number;
}

/** Clusters, and who asks them. Calls about one cluster are taken in the order in which they are made. */
export interface Host {
  /** Tells of a cluster that is stored; to be called before anything else that names it. */
  know(row: DirectoryRow): void;
  /** Makes the cluster of a row that the directory will have. Fails: as creating fails. */
  create(row: DirectoryRow): Promise<ClusterInfo>;
  /** Makes a fork of a cluster. The row that comes back is the one that the directory will have. Fails: as `ClusterService.fork`. */
  fork(name: string, request: ForkRequest): Promise<ForkMade>;
  /** Makes the cluster of a row again from a recording. Fails: as `ClusterService.replay`. */
  replay(row: DirectoryRow, replay: Replay): Promise<Replayed>;
  /** Takes a cluster back. The rows that come back are those that the directory will have. Fails: as `ClusterService.rewind`. */
  rewind(name: string, request: RewindRequest): Promise<Rewound>;
  /** Ends the cluster and lets its storage go, which can then be removed. */
  remove(name: string): Promise<void>;
  /** Fails: cluster-not-found, cluster-broken, storage-unavailable. */
  info(name: string): Promise<ClusterInfo>;
  /** Answers a request. An abort ends what takes long; there is an answer all the same. */
  fetch(request: HostRequest, signal: AbortSignal): Promise<HostAnswer>;
  stats(): Promise<HostStats>;
  /** Stores what is left to store, ends all watches and advances. */
  close(): Promise<void>;
}

/** What is stored of a cluster beside its own file. */
export interface DirectoryEvents {
  /** A cluster fell asleep, as it is described, or woke. */
  onInfo(name: string, info: ClusterInfo | undefined): void;
  /** A cluster's clock was set. */
  onRunning(name: string, isRunning: boolean): void;
  /** The storage of a cluster turned out to be damaged, and how. */
  onBroken(name: string, problem: string): void;
}

/** What a host says by itself. */
export interface HostEvents extends DirectoryEvents {
  /** The host has ended by itself, working for a cluster; called before the calls that wait for it fail. */
  onLost(cause: unknown, cluster: string | undefined): void;
}

/** A call was not answered, because its host has ended. Whether a command was done is not known. */
export class HostLostError extends Error {
  override readonly name = 'HostLostError';

  constructor(cause: unknown) {
    super('the host of the cluster has ended', { cause });
  }
}

/** Starts a host with clusters whose clocks run, now or after some milliseconds; until then it takes calls and does nothing. */
export type StartHost = (running: readonly DirectoryRow[], events: HostEvents, afterMs: number) => Host;
