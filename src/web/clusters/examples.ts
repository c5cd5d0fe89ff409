// The worked examples of the repository, loaded when somebody creates a cluster. The build puts them here.

import type { Schemas } from '../api/schemas.ts';

export interface Example {
  readonly name: string;
  readonly cluster: Schemas['ClusterSpec'];
  /** The manifests as they began, and with their mistake mended. */
  readonly before: string;
  readonly mended: string;
}

declare const WORKED_EXAMPLES: readonly Example[];

export const examples = WORKED_EXAMPLES;
