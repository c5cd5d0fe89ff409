// The shape of a Secret. Upstream: staging/src/k8s.io/api/core/v1/types.go (v1.33).

import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';

export interface Secret extends KubeObject {
  /** Base64 by key. */
  readonly data?: StringMap;
  /** Write-only: merged into `data` before anything else looks at it (O13). */
  readonly stringData?: StringMap;
  readonly type?: string;
  readonly immutable?: boolean;
}
