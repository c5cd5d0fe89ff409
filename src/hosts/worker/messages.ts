// What crosses between the front and a worker thread: plain data, numbered where an answer is awaited. Bytes of streams cross under credits: a host
// sends no more of a stream than the front has room for.

import type { HeaderList, HostRequest, OutputStream, RemoteStreams, StreamPlan } from '../../service/host.ts';
import type { ClusterInfo, ForkRequest, Replay, RewindRequest, ServiceErrorCode } from '../../service/ports.ts';
import type { DirectoryRow, Durability } from '../../service/storage.ts';
import type { ServiceLimits } from '../../service/limits.ts';

/** What a worker is started with. */
export interface WorkerStart {
  /** The data folder. */
  readonly folder: string;
  readonly limits: Partial<ServiceLimits>;
  readonly bodyBytesMax: number | undefined;
  readonly clusterBytesMax: number | undefined;
  readonly durability?: Durability | undefined;
  readonly checksAnswers: boolean;
  /** Hosts on which webhooks may be called. */
  readonly webhookHosts: readonly string[];
  /** Clusters whose clocks run. */
  readonly running: readonly DirectoryRow[];
  /** See pulse.ts. */
  readonly pulse: SharedArrayBuffer;
}

/** A question that is answered once; `plan` is the number of the fetch whose answer had the plan. */
export type Question =
  | { readonly verb: 'create'; readonly row: DirectoryRow }
  | { readonly verb: 'fork'; readonly name: string; readonly request: ForkRequest }
  | { readonly verb: 'replay'; readonly row: DirectoryRow; readonly replay: Replay }
  | { readonly verb: 'rewind'; readonly name: string; readonly request: RewindRequest }
  | { readonly verb: 'remove'; readonly name: string }
  | { readonly verb: 'info'; readonly name: string }
  | { readonly verb: 'fetch'; readonly request: HostRequest }
  | { readonly verb: 'stats' }
  | { readonly verb: 'close' }
  | { readonly verb: 'input'; readonly plan: number; readonly bytes: Uint8Array }
  | { readonly verb: 'connect'; readonly plan: number; readonly connection: number; readonly port: number }
  | { readonly verb: 'exchange'; readonly plan: number; readonly connection: number; readonly bytes: Uint8Array };

export type ToHost =
  | { readonly type: 'know'; readonly row: DirectoryRow }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }
  /** The client of a fetch has gone, or its time is over. */
  | { readonly type: 'abort'; readonly id: number }
  /** So many bytes were read of the stream that a fetch was answered with. */
  | { readonly type: 'read'; readonly id: number; readonly bytes: number }
  | { readonly type: 'close-stream'; readonly id: number }
  | { readonly type: 'start'; readonly plan: number }
  | { readonly type: 'input-end'; readonly plan: number }
  /** The client has taken the oldest output. */
  | { readonly type: 'output-taken'; readonly plan: number }
  | { readonly type: 'disconnect'; readonly plan: number; readonly connection: number }
  | { readonly type: 'leave'; readonly plan: number }
  | { readonly type: 'release'; readonly plan: number };

export type FromHost =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly error: CrossingError }
  /** Pieces of streams. Bytes that many streams share stand in one message once, and are one buffer on the other side. */
  | { readonly type: 'pieces'; readonly pieces: readonly (readonly [id: number, bytes: Uint8Array])[] }
  | { readonly type: 'stream-end'; readonly id: number; readonly error?: CrossingError }
  | { readonly type: 'output'; readonly plan: number; readonly stream: OutputStream; readonly bytes: Uint8Array }
  | { readonly type: 'finish'; readonly plan: number; readonly status: string }
  | { readonly type: 'info'; readonly name: string; readonly info: ClusterInfo | undefined }
  | { readonly type: 'running'; readonly name: string; readonly isRunning: boolean }
  | { readonly type: 'broken'; readonly name: string; readonly problem: string }
  | { readonly type: 'error'; readonly message: string; readonly error: CrossingError }
  /** A request failed by the service's own fault. */
  | { readonly type: 'request-failure'; readonly error: CrossingError; readonly requestId: string | undefined };

/** The answer to a fetch. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array | 'stream' | undefined;
  readonly plan?: PlanHead;
}

export type PlanHead =
  | { readonly kind: 'remote-command'; readonly streams: RemoteStreams }
  | { readonly kind: 'port-forward'; readonly ports: readonly number[] };

/** An error as data. */
export interface CrossingError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Of a ServiceError. */
  readonly service?: { readonly code: ServiceErrorCode; readonly detail: string };
}

/** What the front is told of a plan. */
export function planHeadOf(plan: StreamPlan): PlanHead {
  return plan.kind === 'port-forward' ? { kind: plan.kind, ports: plan.ports } : { kind: plan.kind, streams: plan.streams };
}
