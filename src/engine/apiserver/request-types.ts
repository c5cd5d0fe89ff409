// A write as the Kubernetes API has it, after its bytes were decoded, and what it answers.

import type { Json, KubeObject } from '../apimachinery/meta.ts';
import type { Status } from '../apimachinery/status.ts';
import type { UserInfo } from './authentication/user.ts';
import type { DeleteOptions } from './write/deletion.ts';
import type { WebhookAnswer, WebhookCall } from './webhooks/calls.ts';

export interface RequestOptions extends DeleteOptions {
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  readonly force?: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ApiRequest {
  /** `connect`: whether a connection may be opened, whose options are the body (U9). */
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection' | 'connect';
  /** `pods`, `replicasets.apps`. */
  readonly resource: string;
  /** The version of the body and of the answer, when that is not the stored one. */
  readonly version?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly body?: Json;
  readonly patchType?: 'json' | 'merge' | 'strategic' | 'apply';
  readonly options: RequestOptions;
  /** Whose request it is, who was allowed to make it; absent when that may do everything. */
  readonly user?: UserInfo;
  /** What webhooks answered to it (U8). */
  readonly webhooks?: readonly WebhookAnswer[];
  /** Nothing of it is kept: webhooks are told that it is a dry run. */
  readonly isTrial?: boolean;
}

export type RequestOutcome =
  | { readonly ok: true; readonly code: number; readonly object?: KubeObject | Status; readonly warnings: readonly string[] }
  | {
      readonly ok: false;
      readonly status: Status;
      readonly warnings: readonly string[];
      /** The webhooks that must be asked before the request can be answered. */
      readonly asks?: readonly WebhookCall[];
    };

/** A request that changes nothing. */
export function refuse(status: Status, warnings: readonly string[] = []): RequestOutcome & { readonly ok: false } {
  return { ok: false, status, warnings };
}
