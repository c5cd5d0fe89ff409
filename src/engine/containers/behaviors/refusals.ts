// Images whose entry point refuses to start a database that nobody has given a password, in their own words. Rule: K921.
// Upstream: docker-entrypoint.sh of the official images of postgres, mysql, mariadb and mongo.

import { formatTime } from '../../apimachinery/time.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { containerConfig } from '../container-config.ts';
import { catalogueEntry } from '../images/catalogue.ts';
import { givenBehavior } from './given-behavior.ts';
import type { PodRuntime } from '../model.ts';

interface Refusal {
  /** One of these makes it start; a name that ends with an equals sign needs the value behind it. */
  readonly needed: readonly string[];
  /** Of these all are given, or none. */
  readonly together?: readonly string[];
  /** Programs that the entry point prepares a database for. */
  readonly servers: RegExp;
  readonly say: (time: string) => string;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  postgres: {
    needed: ['POSTGRES_PASSWORD', 'POSTGRES_PASSWORD_FILE', 'POSTGRES_HOST_AUTH_METHOD=trust'],
    servers: /^postgres$/,
    say: () => `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html`,
  },
  mysql: {
    needed: ['MYSQL_ROOT_PASSWORD', 'MYSQL_ROOT_PASSWORD_FILE', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MYSQL_RANDOM_ROOT_PASSWORD'],
    servers: /^mysqld$/,
    say: (time) => `${time} [Note] [Entrypoint]: Entrypoint script for MySQL Server started.
${time} [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified
    You need to specify one of the following as an environment variable:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD`,
  },
  mariadb: {
    needed: [
      ...['MARIADB', 'MYSQL'].flatMap((brand) => [
        `${brand}_ROOT_PASSWORD`,
        `${brand}_ROOT_PASSWORD_FILE`,
        `${brand}_RANDOM_ROOT_PASSWORD`,
      ]),
      'MARIADB_ROOT_PASSWORD_HASH',
      'MARIADB_ALLOW_EMPTY_ROOT_PASSWORD',
      'MYSQL_ALLOW_EMPTY_PASSWORD',
    ],
    servers: /^(?:mariadbd|mysqld)$/,
    say: (time) => `${time} [Note] [Entrypoint]: Entrypoint script for MariaDB Server started.
${time} [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified
\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD`,
  },
  mongo: {
    needed: [],
    together: ['MONGO_INITDB_ROOT_USERNAME', 'MONGO_INITDB_ROOT_PASSWORD'],
    servers: /^mongod$/,
    say: () => `error: missing 'MONGO_INITDB_ROOT_USERNAME' or 'MONGO_INITDB_ROOT_PASSWORD'
       both must be specified for a user to be created`,
  },
};

/** K921: the last words of a database that does not start; undefined when it does. */
export function refusalOf(state: ClusterState, worker: PodRuntime, pod: Pod, container: Container): string | undefined {
  const { repository } = catalogueEntry(container.image);
  const refusal = Object.hasOwn(REFUSALS, repository) ? REFUSALS[repository] : undefined;
  if (refusal === undefined || givenBehavior(state, pod, container) !== undefined || !isEntryPoint(container, refusal)) return undefined;
  const config = containerConfig(state, worker, pod, container);
  if (!config.ok) return undefined;
  const values = new Map(config.value.environment.variables.map(({ name, value }) => [name, value]));
  const { needed, together = [] } = refusal;
  const isGiven = (name: string): boolean => {
    const [key = '', wanted] = name.split('=');
    return wanted === undefined ? (values.get(key) ?? '') !== '' : values.get(key) === wanted;
  };
  const count = together.filter(isGiven).length;
  const isFine = (needed.length === 0 || needed.some(isGiven)) && (count === 0 || count === together.length);
  return isFine ? undefined : refusal.say(formatTime(state.nowMs).replace('T', ' ').replace('Z', '+00:00'));
}

/** Whether the entry point runs, and is to run the server. */
function isEntryPoint({ command, args = [] }: Container, { servers }: Refusal): boolean {
  const [first = '', ...rest] = command ?? [];
  if (command !== undefined && !/(?:^|\/)docker-entrypoint\.sh$/.test(first)) return false;
  const [server = ''] = [...rest, ...args];
  return server === '' || server.startsWith('-') || servers.test(server);
}
