// What a container gives the shell that runs in it: its files, its clock, its network, its image's programs.

import { SESSION_MEMORY_MAX } from '../../kernel/limits.ts';
import { drawBelow } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { ContainerConfig } from '../container-config.ts';
import { allowsEscalation, isPrivileged, userOf } from '../container-user.ts';
import { behaviorOf } from '../behaviors/behaviors.ts';
import { catalogueEntry, packagesOf, versionOf } from '../images/catalogue.ts';
import { memoryMax, workLeft } from '../behaviors/consumption.ts';
import { type ContainerPlace, openFiles, WriteRefused } from '../files/files.ts';
import type { HostOptions, OpenHost } from './host-types.ts';
import { askDns, connectTo, converseWith, requestFrom, resolveName } from '../network/network.ts';
import { besideOf } from './neighbours.ts';
import { installedKind, programKind } from '../images/programs.ts';
import { roleOf } from '../behaviors/role.ts';
import { findClient, isOfPackage, type ShellHost } from '../../shell/index.ts';

/** Commands that see the clock, the processes or the network: their answer can change while no file does. */
const MOMENTARY = new Set([
  'date',
  'sleep',
  'usleep',
  'uptime',
  'ps',
  'timeout',
  'wget',
  'curl',
  'nc',
  'netcat',
  'nslookup',
  'getent',
  'ping',
  'kill',
  'pkill',
  'killall',
  'wait',
  'top',
  'pgrep',
  'pidof',
  'dig',
  'host',
  'telnet',
  'apk',
  'apt',
  'apt-get',
  'awk',
]);

/** Opens a container for a command. Close the files when the command has run. */
export function openHost(state: ClusterState, place: ContainerPlace, config: ContainerConfig, options: HostOptions): OpenHost {
  const { nowMs, isLook } = options;
  const files = openFiles(state, place, config, nowMs, isLook);
  const entry = catalogueEntry(place.container.image);
  const { instance } = place;
  const isStarting = nowMs < (instance.startedMs ?? nowMs) + behaviorOf(state, instance).startupMs;
  const host: ShellHost = {
    nowMs,
    hostname: config.environment.hostname,
    user: userOf(state, place.pod, place.container),
    flavor: entry.flavor,
    files: files.files,
    request: (method, url, body, headers) => requestFrom(state, place, { method, url, body, headers }, { open: openHost, isLook }),
    connect: (name, port) => connectTo(state, place, name, port),
    converse: (protocol, name, port, text) => converseWith(state, place, { protocol, name, port, text }, { open: openHost, isLook }),
    resolve: (name) => resolveName(state, place, name),
    askDns: (name) => askDns(state, place, name),
    random(bound) {
      if (isLook) throw new WriteRefused();
      return drawBelow(state, 'shell', bound);
    },
    write: options.write,
    programKind(words, isLast) {
      const role = roleOf(place, options.isMain, isLast);
      const kind = programKind(entry, words, role) ?? (isOfPackage(files.files, words[0] ?? '') ? installedKind(words, role) : undefined);
      return kind === 'client' && !options.isMain && isStarting ? 'failing' : kind;
    },
    ...besideOf(state, place, options),
    isPrivileged: isPrivileged(place.container),
    allowsEscalation: allowsEscalation(place.container),
    imageVersion: versionOf(place.container.image),
    packages: packagesOf(place.container.image, entry),
    noteCommand(name) {
      if (isLook && (MOMENTARY.has(name) || findClient([name]) !== undefined)) throw new WriteRefused();
    },
    workLeft: () => (options.isMain ? workLeft(state) : Number.POSITIVE_INFINITY),
    memoryMax: () => (isLook ? SESSION_MEMORY_MAX : memoryMax(state, place.container)),
  };
  return { host, files };
}

/** Variables of a container and those every image has. */
export function shellEnvironment(variables: readonly { readonly name: string; readonly value: string }[]): Record<string, string> {
  const environment: Record<string, string> = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
  for (const { name, value } of variables) environment[name] = value;
  return environment;
}

/** Where a container's commands begin. */
export function workingDirectory(container: ContainerPlace['container']): string {
  const own = container['workingDir'];
  return typeof own === 'string' && own !== '' ? own : '/';
}
