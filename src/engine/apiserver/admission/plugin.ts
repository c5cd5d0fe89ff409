// A plug-in of admission: what it has to say in the life of a write, by turns, of which each has those that it needs. Webhooks and policies have turns of
// their own (../webhooks, policies/), and quotas the last one (quota.ts). Upstream: apiserver/pkg/admission/interfaces.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Draft, Kind } from '../../kinds/kind.ts';

/** What a write replaces, and through which subresource, '' for none. */
export interface Replaced {
  readonly previous: KubeObject | undefined;
  readonly subresource: string;
}

export interface AdmissionPlugin {
  /** As in upstream's --enable-admission-plugins. */
  readonly name: string;
  /** The only resource that it looks at; absent: any. */
  readonly resource?: string;
  /** Nothing is filled in for what the service itself makes. */
  readonly sparesOwn?: true;
  /** The refusal of a new object for what it names. One that is to be named by the server is called by the prefix of its name (C127). */
  admit?(state: ClusterState, kind: Kind, draft: Draft<KubeObject>, name: string): Status | undefined;
  /** Fills in what other objects say about a new one. What is filled in has no owner. */
  complete?(state: ClusterState, draft: Draft<KubeObject>): void;
  /** The refusal of a valid object that is about to be stored. */
  judge?(state: ClusterState, kind: Kind, object: KubeObject, replaced: Replaced): Status | undefined;
  /** Texts of Warning headers for an object that is accepted. */
  warn?(state: ClusterState, kind: Kind, object: KubeObject, replaced: Replaced): readonly string[];
}
