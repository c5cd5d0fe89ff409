// What the engine wants to be asked of webhooks outside, and what they answered. The engine calls nobody: a request that needs an answer which it does not
// carry is refused with the calls that are missing, and comes again with their answers, which are part of the command and of its history.

import type { JsonObject } from '../../apimachinery/meta.ts';
import { internalError, type Status } from '../../apimachinery/status.ts';

/** A webhook that must be asked first. */
export interface WebhookCall {
  /** What is asked of whom, as a hash. Times and uids do not count, so that an answer holds while the clock runs. */
  readonly key: string;
  readonly url: string;
  /** The service in the cluster that is asked; absent: a server outside. */
  readonly service?: { readonly namespace: string; readonly name: string; readonly port: number; readonly clusterIp: string };
  /** Certificates that are trusted, as PEM in base64; absent: those of the host. */
  readonly caBundle?: string;
  readonly timeoutSeconds: number;
  /** The AdmissionReview or ConversionReview. */
  readonly review: JsonObject;
}

/** What came back: an answer as HTTP has it, or why there is none. */
export type WebhookAnswer =
  | { readonly key: string; readonly code: number; readonly isText: boolean; readonly body: string }
  | { readonly key: string; readonly failure: string };

/** A refusal for now: the calls that are missing. */
interface PendingStatus extends Status {
  readonly asks: readonly WebhookCall[];
}

/** The refusal of a request until webhooks have been asked. */
export function askFirst(asks: readonly WebhookCall[]): Status {
  const pending: PendingStatus = { ...internalError('the webhooks of this request were not asked'), asks };
  return pending;
}

/** The calls that a refusal waits for, if it does. */
export function asksOf(status: Status): readonly WebhookCall[] | undefined {
  return (status as Partial<PendingStatus>).asks;
}
