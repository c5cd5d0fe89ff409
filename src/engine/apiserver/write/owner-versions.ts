// Owners of other versions than that of a request: what they own is compared in their own versions, to which a webhook converts.
// Upstream: apimachinery/pkg/util/managedfields/internal/versionconverter.go, sigs.k8s.io/structured-merge-diff/v4/merge/update.go (v1.33). Rules: K3, O15.

import type { OwnerVersion } from '../../apimachinery/managed-fields/index.ts';
import type { JsonObject, KubeObject } from '../../apimachinery/meta.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { Kind } from '../../kinds/kind.ts';
import { askFirst, asksOf, type WebhookCall } from '../webhooks/calls.ts';

/** The versions of the owners of one write, and what came in the way of converting to them. */
export class OwnerVersions {
  private readonly kind: Kind;
  private readonly calls: WebhookCall[] = [];
  private failure: Status | undefined;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  /** Undefined where fields have the same names in all versions. */
  readonly find = (apiVersion: string): OwnerVersion | undefined => {
    const { exchange, structure } = this.kind;
    const types = exchange === undefined ? undefined : structure?.typesOf(apiVersion);
    return types === undefined ? undefined : { ...types, convert: (object) => this.convert(object, apiVersion) };
  };

  /** Why what was found does not count: webhooks must be asked first, or cannot convert. */
  refusal(): Status | undefined {
    return this.failure ?? (this.calls.length === 0 ? undefined : askFirst(this.calls));
  }

  private convert(object: JsonObject, apiVersion: string): JsonObject {
    const converted = this.kind.exchange?.convert(object as KubeObject, apiVersion);
    if (converted?.ok === true) return converted.value as JsonObject;
    const asks = converted === undefined ? undefined : asksOf(converted.status);
    if (asks === undefined) this.failure ??= converted?.status;
    else this.calls.push(...asks);
    return object;
  }
}
