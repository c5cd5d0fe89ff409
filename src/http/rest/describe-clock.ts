// How a clock is shown.

import type { z } from '@hono/zod-openapi';
import { formatInstant } from '../../engine/apimachinery/time.ts';
import { clockOf, nextChangeMs } from '../../engine/cluster/index.ts';
import type { ClusterService } from '../../service/ports.ts';
import type { clockSchema } from './schemas/clock.ts';

/** The clock of a cluster as answers show it. */
export function describeClock(service: ClusterService, cluster: string): z.output<typeof clockSchema> {
  return service.read(cluster, (state) => {
    const nextMs = nextChangeMs(state);
    return {
      ...clockOf(state),
      now: formatInstant(state.nowMs),
      elapsedSeconds: (state.nowMs - state.startMs) / 1000,
      nextChangeAt: nextMs === undefined ? null : formatInstant(nextMs),
    };
  });
}
