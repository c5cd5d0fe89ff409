// The subcommands of registry.k8s.io/e2e-test-images/agnhost that manifests use. Upstream: test/images/agnhost (v1.33).

import type { Behavior, HttpRule } from '../../kinds/shared/behavior.ts';

/** `liveness` turns unhealthy after this. */
const HEALTHY_MS = 10_000;

/** What an agnhost subcommand does, as far as it differs from a plain server; undefined for one that is not modelled. */
export function agnhostBehavior(words: readonly string[]): Partial<Behavior> | undefined {
  const [name = '', ...options] = words.map((word) => word.replace(/^.*\//, '')).filter((word) => word !== 'agnhost');
  const port = Number(optionOf(options, 'port') ?? optionOf(options, 'http-port') ?? Number.NaN);
  const listen = (fallback: number): Partial<Behavior> => ({ ports: [Number.isInteger(port) ? port : fallback], runs: [] });
  switch (name) {
    case 'liveness':
    case 'server':
      return { ports: [8080], runs: [], http: [rule('/healthz', 200, 0, HEALTHY_MS), rule('/healthz', 500, HEALTHY_MS, null)] };
    case 'netexec':
      return listen(8080);
    case 'serve-hostname':
      return listen(9376);
    case 'test-webserver':
      return listen(80);
    case 'grpc-health-checking':
      return { ports: [5000, 8080], runs: [] };
    case 'pause':
      return { ports: [], runs: [] };
    default:
      return undefined;
  }
}

function rule(path: string, status: number, fromMs: number, untilMs: number | null): HttpRule {
  return { port: null, path, status, fromMs, untilMs, latencyMs: 0, body: status === 200 ? 'ok' : 'error', location: null };
}

/** The value of `--name=value` or `--name value`. */
function optionOf(options: readonly string[], name: string): string | undefined {
  const at = options.findIndex((option) => option === `--${name}` || option.startsWith(`--${name}=`));
  const option = options[at];
  return option === undefined ? undefined : option.includes('=') ? option.slice(option.indexOf('=') + 1) : options[at + 1];
}
