// A service for tests of who may what: a cluster `open` and one `other`, and one `shut` that has a token; and who asks them.

import { parse } from 'yaml';
import { startTestService, type TestService } from './service.ts';

/** The token of the cluster `shut`. */
export const OWN = 'the-token-of-the-cluster';
export const RBAC = '/apis/rbac.authorization.k8s.io/v1';
export const PODS = '/api/v1/namespaces/default/pods';

export type Body = Readonly<Record<string, unknown>> & { readonly message?: string; readonly status: unknown };

export interface Asked {
  readonly code: number;
  readonly body: Body;
}

/** Headers of who is somebody else. */
export function as(user: string, groups = '', more: Record<string, string> = {}): Record<string, string> {
  return { 'Impersonate-User': user, ...(groups === '' ? {} : { 'Impersonate-Group': groups }), ...more };
}

export function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

export function user(name: string): object {
  return { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name };
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

export class UsersStage {
  readonly served: TestService;

  private constructor(served: TestService) {
    this.served = served;
  }

  static async open(): Promise<UsersStage> {
    const served = await startTestService();
    await served.http.post('/v1/clusters').send({ name: 'open', nodes: 1 });
    await served.http.post('/v1/clusters').send({ name: 'other', nodes: 0, seed: 2 });
    await served.http.post('/v1/clusters').send({ name: 'shut', nodes: 1, token: OWN });
    await served.http.post('/v1/clusters/open/clock/advance').send({ by: '1s' });
    return new UsersStage(served);
  }

  /** What is sent, and from whom: by headers, or by a path that holds a key. */
  async send(method: string, path: string, body?: object, headers: Record<string, string> = {}, base = '/clusters/open'): Promise<Asked> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const response = await fetch(this.served.url + base + path, {
      method,
      headers: { 'Content-Type': type, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { code: response.status, body: (text.startsWith('{') ? JSON.parse(text) : { text }) as Body };
  }

  /** Creates or replaces a role and binds it to a subject. */
  async grant(name: string, subject: object, rules: readonly object[], namespace?: string): Promise<void> {
    const [kind, place] = namespace === undefined ? ['ClusterRole', ''] : ['Role', `/namespaces/${namespace}`];
    const metadata = { name };
    const apiVersion = RBAC.slice('/apis/'.length);
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name };
    const binding = { kind: `${kind}Binding`, apiVersion, metadata, roleRef, subjects: [subject] };
    const written = [
      await this.send('PUT', `${RBAC}${place}/${kind.toLowerCase()}s/${name}`, { kind, apiVersion, metadata, rules }),
      await this.send('PUT', `${RBAC}${place}/${kind.toLowerCase()}bindings/${name}`, binding),
    ];
    for (const { code, body } of written) if (code >= 300) throw new Error(body.message);
  }

  async tokenOf(name: string, spec: object = {}, cluster = 'open', headers: Record<string, string> = {}): Promise<string> {
    const path = `/api/v1/namespaces/default/serviceaccounts/${name}/token`;
    const { body } = await this.send('POST', path, { spec }, headers, `/clusters/${cluster}`);
    return (body.status as { token: string }).token;
  }

  /** The path of the server in a kubeconfig, and its key. */
  async kubeconfig(cluster: string, query: string, headers: Record<string, string> = {}): Promise<{ base: string; key: string }> {
    const response = await fetch(`${this.served.url}/v1/clusters/${cluster}/kubeconfig${query}`, { headers });
    const { clusters, users } = parse(await response.text()) as Kubeconfig;
    return { base: clusters[0].cluster.server.slice(this.served.url.length), key: users[0].user.token ?? '' };
  }

  close(): Promise<void> {
    return this.served.close();
  }
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string } }];
  readonly users: readonly [{ readonly user: { readonly token?: string } }];
}
