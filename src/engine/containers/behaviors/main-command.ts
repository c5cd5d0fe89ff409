// The command line of a container's own process, as `ps` and /proc show it. Rule: K925.

import type { ClusterState } from '../../kernel/state.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { PodRuntime } from '../model.ts';
import { catalogueEntry } from '../images/catalogue.ts';
import { mainWords } from './resolve.ts';

/** What the images of the catalogue run by themselves. */
const MAIN_COMMANDS: Readonly<Record<string, string>> = {
  nginx: 'nginx: master process nginx -g daemon off;',
  httpd: 'httpd -DFOREGROUND',
  redis: 'redis-server *:6379',
  postgres: 'postgres',
  mysql: 'mysqld',
  mariadb: 'mariadbd',
  mongo: 'mongod --bind_ip_all',
  memcached: 'memcached',
};

export function mainCommand(state: ClusterState, worker: PodRuntime, pod: Pod, container: Container): readonly string[] {
  const words = mainWords(state, worker, pod, container);
  if (words.length > 0) return words;
  const { repository } = catalogueEntry(container.image);
  const known = Object.hasOwn(MAIN_COMMANDS, repository) ? MAIN_COMMANDS[repository] : undefined;
  const name =
    (container.image.split('@')[0] ?? '')
      .replace(/:[^/:]*$/, '')
      .split('/')
      .at(-1) ?? '';
  return [known ?? `/${name}`];
}
