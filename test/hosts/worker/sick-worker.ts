// A worker thread whose host falls sick on request: it hangs, fills its heap, or ends, while it works for a cluster.

import { serveWorker } from '../../../src/hosts/worker/serve-worker.ts';
import type { Host } from '../../../src/service/host.ts';

const SICKNESSES: Readonly<Record<string, () => void>> = {
  hang() {
    for (;;);
  },
  fill() {
    const hoard: unknown[] = [];
    for (;;) hoard.push(Array.from({ length: 1_000 }, () => ({})));
  },
  end: () => process.exit(3),
};

serveWorker((host) => {
  const fetch: Host['fetch'] = (request, signal) => {
    const answer = host.fetch(request, signal);
    const sickness = request.headers.find(([name]) => name === 'x-sickness')?.[1];
    if (sickness !== undefined) SICKNESSES[sickness]?.();
    return answer;
  };
  // A rewind that is done and of which nobody is told.
  const rewind: Host['rewind'] = async (name, request) => {
    await host.rewind(name, request);
    return process.exit(3);
  };
  const own: Partial<Host> = { fetch, rewind };
  return new Proxy(host, { get: (target, name) => Reflect.get(own, name) ?? Reflect.get(target, name).bind(target) });
});
