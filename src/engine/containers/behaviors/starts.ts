// What servers of the catalogue say when they start, and what their user, their rights, a root that is read-only or their settings keep them from: then
// they end with 1 after their own words. Rule: K927.
// Upstream: docker-entrypoint.sh and the programs of the official images of nginx, httpd, redis, postgres, mysql, mariadb and mongo;
// GoogleCloudPlatform/kubernetes-engine-samples hello-app/main.go.
// Omits what depends on versions beyond the first two numbers, and what is said of hardware.

import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { isRootReadOnly, userOf } from '../container-user.ts';
import { containerConfig } from '../container-config.ts';
import { catalogueEntry, versionOf } from '../images/catalogue.ts';
import { areOfImage, type ContainerPlace, openFiles } from '../files/files.ts';
import { capabilitiesOf } from '../capabilities.ts';
import { givenBehavior } from './given-behavior.ts';
import { NGINX_SITES } from '../files/image-files.ts';
import { portsOf, readSettings, startProblem } from '../images/nginx-settings.ts';
import { apacheStart, databaseStart, nginxStart, redisStart } from '../images/start-texts.ts';

/** Text in which `{%Y}` and its like stand for the instant at which it is said. */
export interface Start {
  readonly text: string;
  readonly isFailed: boolean;
  /** Where the settings make it listen; undefined where they are the image's. */
  readonly ports?: readonly number[];
}

/** How a server is looked at that is about to start. */
export interface Beginner {
  readonly image: string;
  /** The image's tag without what is no number: `1`, `1.27`, `1.27.3`; empty for the newest. */
  readonly version: string;
  readonly uid: number;
  readonly ip: string;
  /** The entry point of the image runs it, not the manifest's command. */
  readonly hasEntryPoint: boolean;
  /** Why nothing can be written to a path, as the kernel says it. */
  refusal(path: string): { readonly code: number; readonly text: string } | undefined;
  hasCapability(name: string): boolean;
}

type Begin = (beginner: Beginner, state: ClusterState, place: ContainerPlace, resolves: (name: string) => boolean) => Start;

const said = (text: string): Start => ({ text, isFailed: false });

const HELLO = { program: /^hello-app$/, begin: beginHello } as const;

const STARTS: Readonly<Record<string, { readonly program: RegExp; readonly begin: Begin }>> = {
  nginx: { program: /^nginx$/, begin: beginNginx },
  httpd: { program: /^httpd(?:-foreground)?$/, begin: apacheStart },
  redis: { program: /^redis-server$/, begin: (beginner) => said(redisStart(beginner.version)) },
  postgres: { program: /^postgres$/, begin: ({ version }) => said(databaseStart('postgres', version)) },
  mysql: { program: /^mysqld$/, begin: ({ version }) => said(databaseStart('mysql', version)) },
  mariadb: { program: /^(?:mariadbd|mysqld)$/, begin: ({ version }) => said(databaseStart('mariadb', version)) },
  mongo: { program: /^mongod$/, begin: ({ version }) => said(databaseStart('mongo', version)) },
  'gcr.io/google-samples/hello-app': HELLO,
  'us-docker.pkg.dev/google-samples/containers/gke/hello-app': HELLO,
};

/** K927: how a container's server starts; undefined for what is no server of the catalogue, or has a behaviour of its own. */
export function startOf(
  state: ClusterState,
  place: ContainerPlace,
  words: readonly string[],
  resolves: (name: string) => boolean,
): Start | undefined {
  const { worker, pod, container } = place;
  const { repository } = catalogueEntry(container.image);
  const known = Object.hasOwn(STARTS, repository) ? STARTS[repository] : undefined;
  if (known === undefined || givenBehavior(state, pod, container) !== undefined) return undefined;
  const hasEntryPoint = container.command === undefined || /(?:^|\/)docker-entrypoint\.sh$/.test(container.command[0] ?? '');
  const [program = ''] = words.filter((word) => !word.endsWith('docker-entrypoint.sh'));
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name !== '' && !name.startsWith('-') && !known.program.test(name)) return undefined;
  const { uid } = userOf(state, pod, container);
  const beginner: Beginner = {
    image: container.image,
    version: versionOf(container.image),
    uid,
    ip: worker.runtime.sandbox?.ip ?? '127.0.0.1',
    hasEntryPoint,
    refusal: (path) => refusalAt(pod, container, uid, path),
    hasCapability: (capability) => hasCapability(container, uid, capability),
  };
  return known.begin(beginner, state, place, resolves);
}

const READ_ONLY_SOURCES = ['configMap', 'secret', 'projected', 'downwardAPI'];

/** Folders of images belong to root; volumes that processes write to are open to all. */
function refusalAt(
  pod: Pod,
  container: Container,
  uid: number,
  path: string,
): { readonly code: number; readonly text: string } | undefined {
  const readOnly = { code: 30, text: 'Read-only file system' };
  const within = (folder: string): boolean => path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`);
  const [mount] = (container.volumeMounts ?? [])
    .filter(({ mountPath }) => within(mountPath) || within(mountPath.replace(/^\/var\/run\b/, '/run')))
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  if (mount !== undefined) {
    const volume = (pod.spec.volumes ?? []).find(({ name }) => name === mount.name) as Readonly<Record<string, unknown>> | undefined;
    const isClosed = mount.readOnly === true || READ_ONLY_SOURCES.some((source) => volume?.[source] !== undefined);
    return isClosed ? readOnly : undefined;
  }
  if (isRootReadOnly(container)) return readOnly;
  return uid === 0 ? undefined : { code: 13, text: 'Permission denied' };
}

function hasCapability(container: Container, uid: number, name: string): boolean {
  return uid === 0 && capabilitiesOf(container).has(name);
}

/** The samples' server listens where the variable PORT says. */
function beginHello(_beginner: Beginner, _state: ClusterState, { container }: ContainerPlace): Start {
  const port = container.env?.findLast(({ name }) => name === 'PORT')?.value ?? '';
  const start = said(`{%Y/%m/%d %T} Server listening on port ${port === '' ? '8080' : port}`);
  return /^\d+$/.test(port) ? { ...start, ports: [Number(port)] } : start;
}

const SETTINGS_FOLDERS: readonly string[] = ['/etc/nginx'];

function beginNginx(beginner: Beginner, state: ClusterState, place: ContainerPlace, resolves: (name: string) => boolean): Start {
  const isOwn = areOfImage(state, place, SETTINGS_FOLDERS);
  const { worker, pod, container } = place;
  const config = isOwn ? undefined : containerConfig(state, worker, pod, container);
  if (config?.ok !== true)
    return nginxStart(beginner, { problem: undefined, isDefault: true, hasSite: true, hasUser: true, hasNotices: true });
  const { files } = openFiles(state, place, config.value, state.nowMs, true);
  const settings = readSettings(files);
  const problem = startProblem(settings, resolves, (path) => files.read(path) !== undefined);
  const directives = settings.ok ? settings.directives : [];
  const start = nginxStart(beginner, {
    problem,
    isDefault: areOfImage(state, place, [`${NGINX_SITES}/default.conf`]),
    hasSite: files.stat(`${NGINX_SITES}/default.conf`) !== undefined,
    hasUser: directives.some(({ name }) => name === 'user'),
    hasNotices: directives.some(({ name, args }) => name === 'error_log' && /^(?:notice|info|debug)$/.test(args[1] ?? '')),
  });
  return start.isFailed ? start : { ...start, ports: portsOf(directives) };
}
