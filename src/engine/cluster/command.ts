// Commands are everything that is ever asked of a cluster: they are journalled, and replaying them from the genesis gives the same
// history to the byte. A commit is the result of one command. A command that fails changes nothing and is not journalled.

import type { JsonObject } from '../apimachinery/meta.ts';
import type { ApiRequest, RequestOutcome } from '../apiserver/request-types.ts';
import type { WebhookAnswer } from '../apiserver/webhooks/calls.ts';
import type { Work } from '../kernel/parking.ts';
import type { Change } from '../kernel/store.ts';
import type { ContainerName, ExecRequest } from '../kubelet/clients/exec-sessions.ts';
import type { PortAnswer, PortRequest } from '../kubelet/clients/port-forward.ts';
import type { ClockSpec, ClusterConfig } from './config.ts';
import type { Fault } from './fault-spec.ts';
import type { ManifestFailure, ManifestResult } from './manifests.ts';

export type Command =
  | { readonly type: 'genesis'; readonly config: ClusterConfig }
  | { readonly type: 'request'; readonly request: ApiRequest }
  | {
      readonly type: 'manifests';
      readonly mode: 'apply' | 'create' | 'delete';
      readonly namespace: string;
      readonly objects: readonly JsonObject[];
      readonly dryRun?: boolean;
      /** What webhooks answered, as in a request. */
      readonly webhooks?: readonly WebhookAnswer[];
    }
  /** All timers due at or before `toMs` have fired, in order, and the cluster is quiet at `toMs`. */
  | { readonly type: 'advance'; readonly toMs: number }
  | { readonly type: 'clock'; readonly clock: ClockSpec }
  /** Random choices are made from another seed from now on. */
  | { readonly type: 'seed'; readonly seed: number }
  /** Sets, or with null removes, the cluster's own behaviour of an image. */
  | { readonly type: 'image'; readonly reference: string; readonly behavior: JsonObject | null }
  /** Something goes wrong, now or later, for ever or for a time. */
  | { readonly type: 'fault'; readonly fault: Fault; readonly afterMs: number; readonly forMs: number | null }
  | { readonly type: 'end-fault'; readonly id: string }
  /** The engine failed on a key or a timer: it waits, so that the rest goes on. Given by the host, never by a client. */
  | { readonly type: 'park'; readonly work: Work }
  /** A command in a container; the outcome names its session. */
  | { readonly type: 'exec-start'; readonly request: ExecRequest }
  /** Standard input of a session. Bytes that are no UTF-8 are lone surrogates, see shell/bytes.ts. */
  | { readonly type: 'exec-input'; readonly session: string; readonly data: string; readonly close: boolean }
  | { readonly type: 'exec-close'; readonly session: string }
  /** A request to a port of a pod whose server notes it; the outcome has the answer. */
  | { readonly type: 'port-request'; readonly request: PortRequest }
  /** Standard input of a container's own process. */
  | { readonly type: 'attach-input'; readonly container: ContainerName; readonly data: string; readonly close: boolean };

export type Outcome = RequestOutcome & {
  readonly results?: readonly ManifestResult[];
  readonly failures?: readonly ManifestFailure[];
  /** Of `exec-start`. */
  readonly session?: string;
  /** Id of what `fault` asked for. */
  readonly fault?: string;
  /** Of `port-request`; absent when nobody answers. */
  readonly answer?: PortAnswer;
};

export interface Commit {
  readonly command: Command;
  readonly outcome: Outcome;
  /** The watch events of the command, oldest first. */
  readonly changes: readonly Change[];
  readonly revision: number;
  /** 32 hexadecimal digits: a hash over the whole history, see docs/digest.md. */
  readonly digest: string;
  readonly nowMs: number;
}
