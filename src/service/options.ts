// What a service is given beside its directory.

import type { ServiceLimits } from './limits.ts';
import type { CallWebhook } from './webhooks.ts';

export interface ServiceOptions {
  readonly limits?: Partial<ServiceLimits>;
  /** Called with what an operator should know. */
  readonly onError?: (message: string, error: unknown) => void;
  /** Called with the name of a cluster when work for it begins. */
  readonly onWork?: (cluster: string) => void;
  /** Asks admission webhooks; absent: none is asked. */
  readonly callWebhook?: CallWebhook | undefined;
}
