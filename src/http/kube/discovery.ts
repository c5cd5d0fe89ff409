// Discovery documents, derived from the registry of kinds. Rules: B3-B8, A12, B11.
// Upstream: apiserver/pkg/endpoints/discovery/{root,group,version}.go, discovery/aggregated/handler.go (v1.33).

import { compareText } from '../../engine/apimachinery/text.ts';
import { createHash } from 'node:crypto';
import { kindByResource } from '../../engine/kinds/index.ts';
import { apiVersionOf, type Kind, storedResourceOf } from '../../engine/kinds/kind.ts';
import { HEALTH_PATHS } from './health.ts';

/** A resource or a subresource, as discovery names it. */
export interface DiscoveredResource {
  /** `pods`, `pods/log`. */
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  /** Where the kind lives, when that is not where the resource lives (B4). */
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Of what is stored: changes with the version in which it is. */
  readonly storageVersionHash?: string;
}

/** A group, a version and a resource in it. */
export interface DiscoveryEntry {
  readonly group: string;
  readonly version: string;
  readonly resource: DiscoveredResource;
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const READ_AND_WRITE = ['get', 'patch', 'update'];

/** The resources of a kind: itself, then its subresources by name (B5). */
export function entriesOf(kind: Kind): readonly DiscoveryEntry[] {
  const { group, version, plural, namespaced } = kind;
  const main: DiscoveredResource = {
    name: plural,
    singularName: kind.singular,
    namespaced,
    kind: kind.kind,
    verbs: VERBS.filter((verb) => kind.withoutVerbs?.includes(verb) !== true),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...storageOf(kind),
  };
  const subresources: DiscoveredResource[] = [
    ...(kind.hasStatus ? [{ name: 'status', kind: kind.kind, verbs: READ_AND_WRITE }] : []),
    ...(kind.scale === undefined ? [] : [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: READ_AND_WRITE }]),
    ...Object.entries(kind.subresources ?? {}).map(([name, { olderVersions: _bodies, ...info }]) => ({ name, ...info })),
  ].map((subresource) => ({ ...subresource, name: `${plural}/${subresource.name}`, singularName: '', namespaced }));
  subresources.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [main, ...subresources].map((resource) => ({ group, version, resource }));
}

/** B4: the first bytes of the digest of where and as what objects are stored. Upstream: apiserver/pkg/endpoints/discovery/storageversionhash.go. */
function storageOf(kind: Kind): Pick<DiscoveredResource, 'storageVersionHash'> {
  const stored = kind.conversion === undefined ? kind : kindByResource(storedResourceOf(kind));
  // Components, metrics and bindings are not stored.
  if (stored === undefined || stored.virtualObjects !== undefined || stored.withoutVerbs?.includes('create') === true) return {};
  const { group, storageVersion } = stored;
  const version = storageVersion ?? stored.structure?.storedApiVersion.split('/').at(-1) ?? stored.version;
  const digest = createHash('sha256').update(`${group}/${version}/${stored.kind}`).digest();
  return { storageVersionHash: digest.subarray(0, 8).toString('base64') };
}

/** Where the key of the cluster's tokens is (Q11). */
const KEY_PATHS = ['/.well-known/openid-configuration', '/openid/v1/jwks'];

/** Groups by upstream's priority; others follow by name. Core is not among them (B3). */
const GROUP_ORDER = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

/** All discovery documents of one set of resources. */
export class Discovery {
  private readonly entries: readonly DiscoveryEntry[];

  constructor(entries: readonly DiscoveryEntry[]) {
    this.entries = entries;
  }

  /** Group names except the core group's. */
  groups(): readonly string[] {
    const names = [...new Set(this.entries.map((entry) => entry.group))].filter((group) => group !== '');
    const rank = (group: string) => (GROUP_ORDER.includes(group) ? GROUP_ORDER.indexOf(group) : GROUP_ORDER.length);
    return names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  }

  /** Versions of a group, preferred first. */
  versions(group: string): readonly string[] {
    const versions = [...new Set(this.entries.filter((entry) => entry.group === group).map((entry) => entry.version))];
    return versions.sort(compareVersions);
  }

  /** Resources of a group and version by name. */
  resources(group: string, version: string): readonly DiscoveredResource[] {
    const resources = this.entries.filter((entry) => entry.group === group && entry.version === version).map((entry) => entry.resource);
    return resources.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** `GET /api`. */
  coreVersions(serverAddress: string): object {
    const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress }];
    return { kind: 'APIVersions', versions: this.versions(''), serverAddressByClientCIDRs };
  }

  /** `GET /apis`. */
  groupList(): object {
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: this.groups().map((group) => this.describeGroup(group)) };
  }

  /** `GET /apis/<group>`. */
  group(group: string): object {
    return { kind: 'APIGroup', apiVersion: 'v1', ...this.describeGroup(group) };
  }

  /** `GET /api/v1` and `GET /apis/<group>/<version>` (B4). */
  resourceList(group: string, version: string): object {
    const groupVersion = group === '' ? version : `${group}/${version}`;
    // The core list has no apiVersion of its own upstream.
    const head = group === '' ? { kind: 'APIResourceList' } : { kind: 'APIResourceList', apiVersion: 'v1' };
    return { ...head, groupVersion, resources: this.resources(group, version) };
  }

  /** B6, B7: everything under `/api` or `/apis` in one document. */
  aggregated(root: 'api' | 'apis', version: 'v2' | 'v2beta1'): object {
    const groups = root === 'api' ? [''] : this.groups();
    const items = groups.map((group) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: this.versions(group).map((item) => ({
        version: item,
        resources: this.aggregatedResources(group, item),
        freshness: 'Current',
      })),
    }));
    return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
  }

  /** `GET /`: all paths there are (A12). */
  paths(): object {
    const groups = this.groups().flatMap((group) => [
      `/apis/${group}`,
      ...this.versions(group).map((version) => `/apis/${group}/${version}`),
    ]);
    const roots = ['/api', ...this.versions('').map((version) => `/api/${version}`), '/apis', '/apis/', ...groups];
    return {
      paths: [...roots, ...HEALTH_PATHS, ...KEY_PATHS, '/openapi/v2', '/openapi/v3', '/version'].sort(compareText),
    };
  }

  private describeGroup(name: string): {
    readonly name: string;
    readonly versions: readonly object[];
    readonly preferredVersion: object | undefined;
  } {
    const versions = this.versions(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions, preferredVersion: versions[0] };
  }

  private aggregatedResources(group: string, version: string): readonly object[] {
    const resources = this.resources(group, version);
    return resources
      .filter((resource) => !resource.name.includes('/'))
      .map((resource) => {
        const subresources = resources.filter((candidate) => candidate.name.startsWith(`${resource.name}/`)).map(aggregatedSubresource);
        return { ...aggregatedResource(resource), ...(subresources.length === 0 ? {} : { subresources }) };
      });
  }
}

function aggregatedResource(resource: DiscoveredResource): object {
  return {
    resource: resource.name,
    responseKind: responseKind(resource),
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singularName,
    verbs: resource.verbs,
    ...(resource.shortNames === undefined ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories === undefined ? {} : { categories: resource.categories }),
  };
}

function aggregatedSubresource(resource: DiscoveredResource): object {
  return { subresource: resource.name.split('/')[1], responseKind: responseKind(resource), verbs: resource.verbs };
}

/** B7: empty group and version mean the enclosing ones. */
function responseKind(resource: DiscoveredResource): object {
  return { group: resource.group ?? '', version: resource.version ?? '', kind: resource.kind };
}

/** `v2` before `v1` before `v1beta1`. */
function compareVersions(a: string, b: string): number {
  const left = versionRank(a);
  const right = versionRank(b);
  for (let i = 0; i < left.length; i += 1) {
    const difference = (right[i] ?? 0) - (left[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : 1;
}

function versionRank(version: string): readonly number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return [-1, 0, 0];
  const stability = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return [stability, Number(match[1]), Number(match[3] ?? 0)];
}

/** The path of a group and version: `api/v1`, `apis/apps/v1`. */
export function groupVersionPath(kind: Pick<Kind, 'group' | 'version'>): string {
  return kind.group === '' ? `api/${kind.version}` : `apis/${apiVersionOf(kind as Kind)}`;
}
