// What every route of the service API may use.

import type { ClusterService } from '../../service/ports.ts';
import type { Access } from '../access.ts';

export interface RestContext {
  readonly service: ClusterService;
  /** Who may use what; kubeconfigs carry a key of it. */
  readonly access: Access;
  /** Certificate, in PEM, that clients must trust; undefined when they need no other than theirs. */
  readonly authority: string | undefined;
  /** Aborted when the service stops. */
  readonly closing: AbortSignal;
  /** Bytes that a body may have. */
  readonly bodyBytesMax: number;
  /** Whether every answer is checked against its schema; tests do so. */
  readonly checksAnswers: boolean;
}
