// Subcommands of agnhost, and of the image that was one of them, that are known by what they answer and not as programs (shell/agnhost).
// Upstream: test/images/agnhost (v1.33).

import type { Behavior, HttpRule } from '../../kinds/shared/behavior.ts';

/** `liveness` turns unhealthy after this. */
const HEALTHY_MS = 10_000;

/** What such a subcommand does, as far as it differs from a plain server; undefined for one that is not modelled. */
export function agnhostBehavior(words: readonly string[]): Partial<Behavior> | undefined {
  const [name = ''] = words.map((word) => word.replace(/^.*\//, '')).filter((word) => word !== 'agnhost');
  switch (name) {
    case 'liveness':
    case 'server':
      return { ports: [8080], runs: [], http: [rule('/healthz', 200, 0, HEALTHY_MS), rule('/healthz', 500, HEALTHY_MS, null)] };
    case 'grpc-health-checking':
      return { ports: [5000, 8080], runs: [] };
    default:
      return undefined;
  }
}

function rule(path: string, status: number, fromMs: number, untilMs: number | null): HttpRule {
  return { port: null, path, status, fromMs, untilMs, latencyMs: 0, body: status === 200 ? 'ok' : 'error', location: null };
}
