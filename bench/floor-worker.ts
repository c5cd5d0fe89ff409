// What the runtime itself takes to hand objects over: objects in the place of fronts and clusters that do nothing but store a row. bench/machines.ts
// measures it beside the service.

import { DurableObject, type Namespace } from 'cloudflare:workers';
import { placeOf } from '../src/front/hosts.ts';

interface Cluster {
  write(): Promise<void>;
}

interface Bindings {
  readonly CLUSTERS: Namespace<Cluster>;
  readonly FRONTS: Namespace<object>;
  readonly FRONT_COUNT: string;
}

export class ClusterObject extends DurableObject<Bindings> implements Cluster {
  async write(): Promise<void> {
    const { sql } = this.ctx.storage;
    sql.exec('create table if not exists rows (id integer primary key, text text)');
    sql.exec('insert into rows (text) values (?)', 'x'.repeat(500));
  }
}

export class FrontObject extends DurableObject<Bindings> {
  async fetch(request: Request): Promise<Response> {
    await this.env.CLUSTERS.getByName(clusterOf(request)).write();
    return new Response('{}', { status: 201 });
  }
}

export class ScenarioObject extends DurableObject<Bindings> {}

function clusterOf({ url }: Request): string {
  return new URL(url).pathname.split('/')[2] ?? '';
}

export default {
  fetch(request: Request, { FRONTS, FRONT_COUNT }: Bindings): Promise<Response> {
    return FRONTS.getByName(`front-${placeOf(clusterOf(request), Number(FRONT_COUNT))}`).fetch(request);
  },
};
