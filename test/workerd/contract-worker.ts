// The worker of the contract suite: the objects of clusters as they are, and in the place of the front one that serves its port to clusters over
// a WebSocket.

import { DurableObject, type Namespace } from 'cloudflare:workers';
import { ClusterObject as Cluster } from '../../src/hosts/workerd/cluster-object.ts';
import type { FrontCalls, News } from '../../src/hosts/workerd/calls.ts';
import type { Environment } from '../../src/hosts/workerd/environment.ts';
import { ObjectHost } from '../../src/hosts/workerd/object-host.ts';
import { HostServer } from '../../src/hosts/worker/host-server.ts';
import type { FromHost, ToHost } from '../../src/hosts/worker/messages.ts';
import { decode, encode } from './bridge.ts';

export { ScenarioObject } from '../../src/hosts/workerd/scenario-object.ts';

export class ClusterObject extends Cluster {
  /** Makes what is stored another thing than what was stored. */
  async damage(): Promise<void> {
    this.ctx.storage.sql.exec('update records set checksum = checksum + 1');
    this.ctx.storage.sql.exec('update journal set checksum = checksum + 1');
  }

  /** How many tables it has. */
  async tableCount(): Promise<number> {
    const [row] = this.ctx.storage.sql.exec('select count(*) as count from sqlite_master') as Iterable<{ count: number }>;
    return row?.count ?? 0;
  }
}

/** The class is another one than the worker's. */
type Bindings = Omit<Environment, 'CLUSTERS'> & { readonly CLUSTERS: Namespace<ClusterObject> };

export class FrontObject extends DurableObject<Bindings> implements Pick<FrontCalls, 'note'> {
  private readonly hosts = new Set<ObjectHost>();

  async note(cluster: string, news: News): Promise<void> {
    for (const host of this.hosts) host.note(cluster, news);
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/damage/')) {
      await this.env.CLUSTERS.getByName(pathname.split('/')[2] ?? '').damage();
      return new Response();
    }
    if (pathname.startsWith('/half/')) {
      const uid = pathname.split('/')[2] ?? '';
      const object = this.env.CLUSTERS.getByName(uid);
      if (request.method === 'POST') await object.takeHistory(uid, { kind: 'changes', rows: [] });
      return new Response(String(await object.tableCount()));
    }
    const { 0: webSocket, 1: server } = new WebSocketPair();
    server.accept();
    const post = (message: FromHost) => server.send(encode(message));
    const host = new ObjectHost(this.env.CLUSTERS, [], {
      onInfo: (name, info) => post({ type: 'info', name, info }),
      onRunning: (name, isRunning) => post({ type: 'running', name, isRunning }),
      onBroken: (name, problem) => post({ type: 'broken', name, problem }),
    });
    this.hosts.add(host);
    const served = new HostServer(host, post);
    server.addEventListener('message', ({ data }) => served.receive(decode(data as string) as ToHost));
    server.addEventListener('close', () => this.hosts.delete(host));
    const init = { status: 101, webSocket };
    return new Response(null, init);
  }
}

export default {
  fetch: (request: Request, { FRONTS }: Bindings): Promise<Response> => FRONTS.getByName('front-0').fetch(request),
};
