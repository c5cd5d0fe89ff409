// What every route of the service API may use.

import type { ClusterService } from '../../service/ports.ts';

export interface RestContext {
  readonly service: ClusterService;
  /** The secret of the process, when it has one; kubeconfigs carry a key made from it. */
  readonly token: string | undefined;
  /** Aborted when the service stops. */
  readonly closing: AbortSignal;
  /** Bytes that a body may have. */
  readonly bodyBytesMax: number;
  /** Whether every answer is checked against its schema; tests do so. */
  readonly checksAnswers: boolean;
}
