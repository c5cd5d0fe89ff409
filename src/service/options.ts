// What a service is given beside its directory.

import type { Elsewhere } from './forking-elsewhere.ts';
import type { ServiceLimits } from './limits.ts';
import type { CallWebhook } from './webhooks.ts';

export interface ServiceOptions {
  readonly limits?: Partial<ServiceLimits>;
  /** Called with what an operator should know. */
  readonly onError?: (message: string, error: unknown) => void;
  /** Called with the name of a cluster when work for it begins. */
  readonly onWork?: (cluster: string) => void;
  /** Where forks are made that share nothing with their parents; absent: what is stored here is shared. */
  readonly elsewhere?: Elsewhere | undefined;
  /** Asks admission webhooks; absent: none is asked. */
  readonly callWebhook?: CallWebhook | undefined;
}
