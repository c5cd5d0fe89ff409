// The front as a Durable Object: it has the directory of clusters in its own storage, admits requests, and asks the objects of clusters.

import { DurableObject, type ObjectState } from 'cloudflare:workers';
import { ObjectDatabase } from '../../db/object-database.ts';
import { SqliteDirectory } from '../../db/sqlite-directory.ts';
import { StoredElsewhere } from '../../db/stored-elsewhere.ts';
import { Clusters } from '../../front/clusters.ts';
import { type App, createApp } from '../../http/app.ts';
import type { Peer } from '../../front/peers.ts';
import type { HostEvents } from '../../service/host.ts';
import type { ClusterInfo, ForkMade } from '../../service/ports.ts';
import { type DirectoryRow, type Fork, uidOfFile } from '../../service/storage.ts';
import type { Answered, FrontCalls, News } from './calls.ts';
import { type Environment, frontCountOf, frontOf, indexOfFront, scenarioObjectOf } from './environment.ts';
import { logError, logInfo } from './log.ts';
import { DIRECTORY_MIGRATIONS, DOCUMENT, PAGE, VERSION } from './built-in.ts';
import { ObjectHost } from './object-host.ts';
import { answering, askOtherFront, otherFronts } from './other-fronts.ts';
import { TokenClaims } from './token-claims.ts';
import { upgraded } from './upgrade.ts';

/** Wall time between two calls that wake a front whose clusters may expire. */
const ALARM_PERIOD_MS = 60_000;

/** Of how many fronts this one is: kept, because names of clusters say which of them they are of. */
const COUNT = 'fronts';

/** Before the uids of incarnations that are no clusters any more, until their objects are deleted. */
const RETIRED = 'retired/';

export class FrontObject extends DurableObject<Environment> implements FrontCalls {
  private readonly app: App;
  private readonly clusters: Clusters;
  private readonly claims: TokenClaims;
  private readonly directory: SqliteDirectory;
  private host: ObjectHost | undefined;

  constructor(context: ObjectState, env: Environment) {
    super(context, env);
    checkCount(context, frontCountOf(env));
    const database = new ObjectDatabase('the directory', context.storage);
    const migrated = database.migrate(DIRECTORY_MIGRATIONS);
    void context.blockConcurrencyWhile(() => migrated);
    this.directory = new SqliteDirectory(database, new StoredElsewhere((file) => this.retire(uidOfFile(file))), {
      spend: (body) => body(),
    });
    const startHost = (running: readonly DirectoryRow[], events: HostEvents) => {
      this.host = new ObjectHost(env.CLUSTERS, running, events);
      return this.host;
    };
    const onExpired = (cluster: string) => logInfo('idle cluster deleted', { cluster });
    const own = indexOfFront(env, context);
    const peers = otherFronts(env, own);
    this.claims = new TokenClaims(context.storage.kv, (cluster, digest) => frontOf(env, cluster).hasToken(cluster, digest));
    this.clusters = new Clusters(this.directory, { startHost, hostCount: 1, peers, onError: logError, onExpired });
    this.app = createApp({
      clusters: this.clusters,
      otherFront: askOtherFront(env, own),
      scenarios: (work) => scenarioObjectOf(env).run(work),
      version: VERSION,
      document: () => DOCUMENT,
      page: PAGE,
      ...(env.TOKEN ? { token: env.TOKEN } : {}),
      ...(env.DEFAULT_CLUSTER ? { defaultCluster: env.DEFAULT_CLUSTER } : {}),
      allowedHosts: itemsOf(env.ALLOWED_HOSTS),
      allowedOrigins: itemsOf(env.ALLOWED_ORIGINS),
      checksAnswers: env.CHECKS_ANSWERS === true,
      onFailure: (error, requestId) => logError('request failed by a fault of the service', error, { requestId }),
    });
    context.waitUntil(this.keepAlarm());
    for (const [key] of context.storage.kv.list({ prefix: RETIRED })) context.waitUntil(this.discard(key.slice(RETIRED.length)));
  }

  /** An object is deleted after what is written down of it. */
  private retire(uid: string): void {
    this.ctx.storage.kv.put(`${RETIRED}${uid}`, true);
    this.ctx.waitUntil(this.discard(uid));
  }

  private async discard(uid: string): Promise<void> {
    try {
      await this.host?.discard(uid);
      this.ctx.storage.kv.delete(`${RETIRED}${uid}`);
    } catch (error) {
      logError('the object of an incarnation that is no cluster any more was not deleted; the next start does it', error, { uid });
    }
  }

  /** Clusters that nobody uses are deleted by the front, which must be in memory for that. */
  async alarm(): Promise<void> {
    await this.keepAlarm();
  }

  private async keepAlarm(): Promise<void> {
    if (this.directory.lifetimes().size > 0) await this.ctx.storage.setAlarm(Date.now() + ALARM_PERIOD_MS);
  }

  async note(cluster: string, news: News): Promise<void> {
    this.host?.note(cluster, news);
  }

  takeFork(...asked: Parameters<Peer['takeFork']>): Promise<Answered<ClusterInfo>> {
    return answering(this.clusters.takeFork(...asked));
  }

  giveFork(...asked: Parameters<Peer['giveFork']>): Promise<Answered<ForkMade>> {
    return answering(this.clusters.giveFork(...asked));
  }

  forksFrom(...asked: Parameters<Peer['forksFrom']>): Promise<Answered<readonly Fork[]>> {
    return answering(this.clusters.forksFrom(...asked));
  }

  claimToken(digest: string, cluster: string): Promise<boolean> {
    return this.claims.claim(digest, cluster);
  }

  async releaseToken(digest: string, cluster: string): Promise<void> {
    this.claims.release(digest, cluster);
  }

  async hasToken(cluster: string, digest: string): Promise<boolean> {
    return this.clusters.hasToken(cluster, digest);
  }

  otherSide(request: Request, cluster: string): Promise<Response> {
    return this.app.otherSide(request, cluster);
  }

  async fetch(request: Request): Promise<Response> {
    // The headers of a request that comes in cannot be set, which naming it does.
    const response = await this.app.fetch(new Request(request));
    if (response.status === 201) this.ctx.waitUntil(this.keepAlarm());
    return asEncoded(await upgraded(request, response));
  }
}

/** What is compressed already the runtime is not to compress again. */
function asEncoded(response: Response): Response {
  if (!response.headers.has('content-encoding')) return response;
  const { status, headers } = response;
  const init = { status, headers, encodeBody: 'manual' };
  return new Response(response.body, init);
}

/** Fails: when there were more or fewer fronts before, because clusters would not be found. */
function checkCount({ storage: { kv } }: ObjectState, count: number): void {
  const before = kv.get(COUNT);
  if (before === undefined) kv.put(COUNT, count);
  else if (before !== count) throw new Error(`the directory is that of ${String(before)} fronts, and cannot be used by ${count}`);
}

function itemsOf(list: string | null | undefined): readonly string[] {
  return (list ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
}
