// What crosses between the front and the object of a cluster: plain data, bytes, and streams of them. A failure crosses as data, because the runtime
// keeps of an error little more than its message.

import type { ScenarioAnswer, ScenarioWork } from '../../front/scenarios.ts';
import type { HeaderList, HostRequest, HostStats, OutputStream, PortAnswer } from '../../service/host.ts';
import type { HistoryPiece } from '../../db/history-copy.ts';
import type { Beginning, ClusterInfo, ForkMade } from '../../service/ports.ts';
import type { Peer } from '../../front/peers.ts';
import type { DirectoryRow, Fork } from '../../service/storage.ts';
import type { CrossingError, PlanHead, Question } from '../worker/messages.ts';

/** A question about a cluster as a whole. */
export type ObjectQuestion = Extract<
  Question,
  { readonly verb: 'create' | 'fork' | 'replay' | 'rewind' | 'remove' | 'info' | 'stats' | 'close' }
>;

/** An answer, with what the object says of itself. */
export type Told<T> = { readonly figures: HostStats } & (
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'failure'; readonly error: CrossingError }
  /** The object holds no cluster and was not told of one. */
  | { readonly kind: 'unknown' }
);

/** The answer to a request. */
export interface ObjectAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array | ReadableStream<Uint8Array> | undefined;
  readonly plan?: { readonly head: PlanHead; readonly calls: PlanCalls };
}

/** A plan, as who is elsewhere calls it. */
export interface PlanCalls {
  /** Runs the command; the Status of its end. */
  run(output: OutputCalls): Promise<string>;
  write(bytes: Uint8Array): Promise<void>;
  closeInput(): Promise<void>;
  /** The client has gone. */
  leave(): Promise<void>;
  connect(port: number): Promise<ConnectionCalls | string>;
  release(): Promise<void>;
}

export interface OutputCalls {
  write(stream: OutputStream, bytes: Uint8Array): Promise<void>;
}

export interface ConnectionCalls {
  exchange(bytes: Uint8Array): Promise<PortAnswer>;
  close(): Promise<void>;
}

/** The object of a cluster. */
export interface ClusterCalls {
  know(row: DirectoryRow): Promise<void>;
  ask(question: ObjectQuestion): Promise<Told<unknown>>;
  /** Answers a request, which has a number by which it can be ended. */
  serve(id: string, request: HostRequest): Promise<Told<ObjectAnswer>>;
  abort(id: string): Promise<void>;
  /** Takes the next piece of the history of the parent of the fork with this uid, which the object will be. */
  takeHistory(uid: string, piece: HistoryPiece): Promise<void>;
  /** Begins as a fork with the history that it has taken. */
  found(row: DirectoryRow, beginning: Beginning): Promise<Told<ForkMade>>;
  /** Deletes all that the object has. */
  discard(): Promise<void>;
}

/** What the object of a cluster tells its front by itself. */
export type News =
  | { readonly kind: 'info'; readonly info: ClusterInfo | undefined }
  | { readonly kind: 'running'; readonly isRunning: boolean }
  | { readonly kind: 'broken'; readonly problem: string };

/** The object of a front. */
export interface FrontCalls {
  note(cluster: string, news: News): Promise<void>;
  /** What `Peer` says; failures cross as data. */
  takeFork(...asked: Parameters<Peer['takeFork']>): Promise<Answered<ClusterInfo>>;
  giveFork(...asked: Parameters<Peer['giveFork']>): Promise<Answered<ForkMade>>;
  forksFrom(...asked: Parameters<Peer['forksFrom']>): Promise<Answered<readonly Fork[]>>;
  /** Of tokens that this front writes down: see token-claims.ts. */
  claimToken(digest: string, cluster: string): Promise<boolean>;
  releaseToken(digest: string, cluster: string): Promise<void>;
  /** Whether a cluster of its own has a token. */
  hasToken(cluster: string, digest: string): Promise<boolean>;
  /** Answers for a cluster of its own what the front of another one asks. */
  otherSide(request: Request, cluster: string): Promise<Response>;
}

/** An answer of a front. */
export type Answered<T> = { readonly kind: 'answer'; readonly value: T } | { readonly kind: 'failure'; readonly error: CrossingError };

/** An object that runs scenarios. */
export interface ScenarioCalls {
  run(work: ScenarioWork): Promise<ScenarioAnswer>;
}
