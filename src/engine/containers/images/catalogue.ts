// The images a cluster knows: the built-in catalogue with what documentation uses, and the cluster's own entries on top. Reference
// normalisation follows distribution/reference; sizes and start-up times are typical ones, rounded.
// Rules: K221-K225, K611.

import type { JsonObject } from '../../apimachinery/meta.ts';
import { memoize } from '../../apimachinery/memoize.ts';
import { hash128, hashToHex } from '../../kernel/hash.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { type Behavior, BEHAVIOR_DEFAULT, parseBehavior } from '../../kinds/shared/behavior.ts';

export interface CatalogueEntry {
  /** Repository without registry defaults: `nginx`, `ghcr.io/c1t1d0s7/go-myweb`. */
  readonly repository: string;
  readonly ports: readonly number[];
  readonly startupMs: number;
  readonly sizeBytes: number;
  /** Already on every node, as the seed's images are. */
  readonly isPresent: boolean;
  /** What the image does without a command; `exit` for shells and tools that end at once. */
  readonly main: 'server' | 'exit' | 'pause';
  readonly flavor: 'busybox' | 'dash' | 'bash';
  /** What the image executes, and with which arguments when the manifest gives none; empty where that is not told apart. */
  readonly entrypoint: readonly string[];
  readonly defaultArguments: readonly string[];
  /** Whom the image runs as; root where it says nothing. */
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number };
}

const MB = 1_000_000;

function entry(repository: string, ports: readonly number[], sizeMb: number, overrides: Partial<CatalogueEntry> = {}): CatalogueEntry {
  return {
    repository,
    ports,
    startupMs: 0,
    sizeBytes: Math.round(sizeMb * MB),
    isPresent: false,
    main: 'server',
    flavor: 'dash',
    entrypoint: [],
    defaultArguments: [],
    user: { name: '', uid: 0, gid: 0 },
    ...overrides,
  };
}

const ENTRIES: readonly CatalogueEntry[] = [
  entry('nginx', [80], 72.3),
  entry('httpd', [80], 58.8),
  entry('redis', [6379], 45.1),
  entry('memcached', [11211], 33.4, { user: { name: 'memcache', uid: 11_211, gid: 11_211 } }),
  entry('postgres', [5432], 161.2, { startupMs: 2000 }),
  entry('mysql', [3306], 232.1, { startupMs: 8000 }),
  entry('mariadb', [3306], 119.6, { startupMs: 4000 }),
  entry('mongo', [27017], 294.5, { startupMs: 2000 }),
  entry('busybox', [], 2.2, { main: 'exit', flavor: 'busybox' }),
  entry('alpine', [], 3.6, { main: 'exit', flavor: 'busybox' }),
  entry('debian', [], 48.5, { main: 'exit' }),
  entry('ubuntu', [], 29.7, { main: 'exit' }),
  entry('bash', [], 6.6, { main: 'exit', flavor: 'bash' }),
  entry('perl', [], 340.8, { main: 'exit' }),
  entry('python', [], 362.4, { main: 'exit' }),
  entry('hello-world', [], 0.01, { main: 'exit' }),
  entry('curlimages/curl', [], 9.4, { main: 'exit', flavor: 'busybox', user: { name: 'curl_user', uid: 100, gid: 101 } }),
  entry('registry.k8s.io/pause', [], 0.3, { main: 'pause', isPresent: true }),
  entry('registry.k8s.io/e2e-test-images/agnhost', [8080], 52.0, {
    flavor: 'busybox',
    entrypoint: ['/agnhost'],
    defaultArguments: ['pause'],
  }),
  entry('registry.k8s.io/e2e-test-images/nonewprivs', [], 2.1, { main: 'exit', flavor: 'busybox', defaultArguments: ['nnp'] }),
  ...['nautilus', 'kitten'].map((name) =>
    entry(`registry.k8s.io/e2e-test-images/${name}`, [80], 52.2, {
      flavor: 'busybox',
      entrypoint: ['/agnhost'],
      defaultArguments: ['test-webserver'],
    }),
  ),
  entry('registry.k8s.io/e2e-test-images/nginx', [80], 55.8, { flavor: 'busybox' }),
  entry('registry.k8s.io/e2e-test-images/httpd', [80], 58.8, { flavor: 'busybox' }),
  entry('registry.k8s.io/e2e-test-images/busybox', [], 1.1, { main: 'exit', flavor: 'busybox' }),
  entry('registry.k8s.io/busybox', [], 1.1, { main: 'exit', flavor: 'busybox' }),
  entry('registry.k8s.io/nginx-slim', [80], 41.3),
  entry('registry.k8s.io/echoserver', [8080], 43.2),
  entry('registry.k8s.io/hpa-example', [80], 165.0),
  entry('registry.k8s.io/liveness', [8080], 4.4),
  entry('polinux/stress', [], 4.0, { main: 'exit', flavor: 'busybox' }),
  entry('vish/stress', [], 3.5, { entrypoint: ['/stress'], defaultArguments: ['-logtostderr'] }),
  entry('progrium/stress', [], 108.0, { entrypoint: ['/usr/bin/stress', '--verbose'], defaultArguments: [] }),
  entry('alexeiled/stress-ng', [], 2.0, { entrypoint: ['/stress-ng'], defaultArguments: ['--help'] }),
  entry('registry.k8s.io/goproxy', [8080], 5.5),
  entry('registry.k8s.io/etcd', [2379, 2380], 58.0),
  entry('gcr.io/google-samples/hello-app', [8080], 12.0),
  entry('us-docker.pkg.dev/google-samples/containers/gke/hello-app', [8080], 12.0),
  entry('gcr.io/google-samples/gb-frontend', [80], 162.0),
  entry('ghcr.io/c1t1d0s7/go-myweb', [8080], 7.5, { isPresent: true }),
  entry('c1t1d0s7/go-myweb', [8080], 7.5, { isPresent: true }),
  entry('c1t1d0s7/myweb', [8080], 7.5, { isPresent: true }),
];

const BY_REPOSITORY: ReadonlyMap<string, CatalogueEntry> = new Map(ENTRIES.map((item) => [item.repository, item]));

/** What an image not in the catalogue is taken for: a server that can be pulled. */
const UNKNOWN_ENTRY = entry('', [], 20);

const images = defineTable<JsonObject>('images');

/** Sets, or with null removes, the cluster's own behaviour of an image. The behaviour must have passed `parseBehavior`. */
export function setImage(state: ClusterState, reference: string, behavior: JsonObject | null): void {
  if (behavior === null) images.remove(state, reference);
  else images.put(state, reference, behavior);
}

/** The cluster's own entries, by reference. */
export function ownImages(state: ClusterState): ReadonlyMap<string, JsonObject> {
  return images.rows(state);
}

/** The cluster's own behaviour of an image: for the reference as written, as normalised, or for its repository. */
export function ownBehavior(state: ClusterState, image: string): Behavior | undefined {
  if (images.rows(state).size === 0) return undefined;
  const normal = normalizeReference(image);
  const candidates = [image, ...(normal === undefined ? [] : [normal, shortName(normal), shortName(normal).replace(/[:@][^/]*$/, '')])];
  for (const candidate of candidates) {
    const json = images.get(state, candidate);
    const parsed = json === undefined ? undefined : parseBehavior(json, 'behavior');
    if (parsed?.ok === true) return parsed.behavior;
  }
  return undefined;
}

/** The catalogue's entry for an image, whatever its tag. */
export const catalogueEntry = memoize((image: string): CatalogueEntry => {
  const normal = normalizeReference(image);
  if (normal === undefined) return UNKNOWN_ENTRY;
  const repository = shortName(normal)
    .replace(/[:@][^/]*$/, '')
    .replace(/^k8s\.gcr\.io\//, 'registry.k8s.io/');
  return BY_REPOSITORY.get(repository) ?? UNKNOWN_ENTRY;
});

/** The numbers of an image's tag: `1`, `1.27`, `1.27.3`; empty for the newest. */
export function versionOf(image: string): string {
  return /:v?(\d+(?:\.\d+)*)/.exec(image)?.[1] ?? '';
}

/** The package manager of an image, by its distribution. */
export function packagesOf(image: string, { repository, flavor }: CatalogueEntry): 'apk' | 'apt' | 'any' | 'none' {
  if (repository === '') return 'any';
  if (/alpine/.test(image) || /(?:^|\/)(?:alpine|bash|curl|agnhost)$/.test(repository)) return 'apk';
  return flavor === 'busybox' || SCRATCH.has(repository) ? 'none' : 'apt';
}

/** Images without a distribution. */
const SCRATCH: ReadonlySet<string> = new Set([
  'vish/stress',
  'alexeiled/stress-ng',
  'hello-world',
  'registry.k8s.io/pause',
  'registry.k8s.io/etcd',
  'registry.k8s.io/goproxy',
  'registry.k8s.io/liveness',
]);

/** True when the catalogue knows the image. */
export function isKnownImage(image: string): boolean {
  return catalogueEntry(image) !== UNKNOWN_ENTRY;
}

/** The behaviour of a catalogue entry. */
export function entryBehavior(item: CatalogueEntry): Behavior {
  const runs = item.main === 'exit' ? [{ forMs: 0, exitCode: 0, reason: 'Completed' as const, message: '' }] : [];
  return { ...BEHAVIOR_DEFAULT, startupMs: item.startupMs, runs, ports: [...item.ports] };
}

const REFERENCE =
  /^(?:(?<registry>localhost|[\w-]+(?:\.[\w-]+)+(?::\d+)?|[\w-]+:\d+)\/)?(?<path>[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,}))?$/;

/** `docker.io/library/nginx:1.27`, or undefined when the name cannot be parsed (K223). */
export const normalizeReference = memoize((image: string): string | undefined => {
  const groups = REFERENCE.exec(image)?.groups;
  if (groups === undefined) return undefined;
  const { registry, path = '', tag, digest } = groups;
  const host = registry ?? 'docker.io';
  const repository = host === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (digest !== undefined) return `${host}/${repository}${tag === undefined ? '' : `:${tag}`}@${digest}`;
  return `${host}/${repository}:${tag ?? 'latest'}`;
});

/** `docker.io/library/nginx@sha256:<64 hex>`: the same for the same reference everywhere. */
export function imageIdOf(reference: string): string {
  const at = reference.indexOf('@');
  if (at >= 0) return `${reference.slice(0, at).replace(/:[^:/]*$/, '')}${reference.slice(at)}`;
  return `${reference.replace(/:[^:/]*$/, '')}@sha256:${longHash(`image|${reference}`)}`;
}

/** 64 hexadecimal digits. */
export function longHash(text: string): string {
  return hashToHex(hash128(text)) + hashToHex(hash128(text, [1, 2, 3, 4]));
}

function shortName(normal: string): string {
  return normal.replace(/^docker\.io\/library\//, '').replace(/^docker\.io\//, '');
}
