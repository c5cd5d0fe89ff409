// The words of servers of the catalogue when they start. `{%Y}` and its like stand for the instant. Rule: K927.
// Upstream: docker-library's nginx, httpd, redis, postgres, mysql, mariadb and mongo images.

import type { Beginner, Start } from '../behaviors/starts.ts';

export interface NginxSettings {
  /** What nginx says of its settings, and does not start. */
  readonly problem: string | undefined;
  /** The site is the image's. */
  readonly isDefault: boolean;
  readonly hasSite: boolean;
  /** Its settings name a user. */
  readonly hasUser: boolean;
  /** Its log of errors has notices too. */
  readonly hasNotices: boolean;
}

const NGINX_NEWEST = '1.29';
const NGINX_CACHE = '/var/cache/nginx/client_temp';
const WORKERS = 4;
const FIRST_WORKER = 29;

/** Whether a version is at least another; a missing number is the newest. */
function isFrom(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').filter((part) => part !== '');
  for (const [index, wanted] of least.entries()) {
    const part = parts[index];
    if (part === undefined || Number(part) > wanted) return true;
    if (Number(part) < wanted) return false;
  }
  return true;
}

export function nginxStart(beginner: Beginner, settings: NginxSettings): Start {
  const { version, hasEntryPoint, uid } = beginner;
  const lines = hasEntryPoint && isFrom(version, [1, 19]) ? entryLines(beginner, settings) : [];
  const problem = settings.problem ?? obstacleOf(beginner);
  if (uid !== 0 && settings.hasUser) {
    const text = `the "user" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:2`;
    lines.push(`{%Y/%m/%d %T} [warn] 1#1: ${text}`, `nginx: [warn] ${text}`);
  }
  if (problem !== undefined) lines.push(`{%Y/%m/%d %T} [emerg] 1#1: ${problem}`, `nginx: [emerg] ${problem}`);
  else if (settings.hasNotices && isFrom(version, [1, 21])) lines.push(...noticeLines(version));
  return { text: lines.join('\n'), isFailed: problem !== undefined };
}

/** What nginx cannot do before it serves. */
function obstacleOf({ uid, version, refusal, hasCapability }: Beginner): string | undefined {
  const cache = refusal(NGINX_CACHE);
  if (cache !== undefined) return `mkdir() "${NGINX_CACHE}" failed (${cache.code}: ${cache.text})`;
  if (uid === 0 && !hasCapability('CHOWN')) return `chown("${NGINX_CACHE}", 101) failed (1: Operation not permitted)`;
  const path = isFrom(version, [1, 28]) ? '/run/nginx.pid' : '/var/run/nginx.pid';
  const pid = refusal('/run/nginx.pid');
  return pid === undefined ? undefined : `open() "${path}" failed (${pid.code}: ${pid.text})`;
}

function entryLines({ version, refusal }: Beginner, { isDefault, hasSite }: NginxSettings): string[] {
  const own = '/docker-entrypoint.sh:';
  const folder = '/docker-entrypoint.d';
  const listen = '10-listen-on-ipv6-by-default.sh: info:';
  const site = '/etc/nginx/conf.d/default.conf';
  const isClosed = refusal(site) !== undefined;
  const checked = [
    `${listen} Getting the checksum of ${site}`,
    isDefault ? `${listen} Enabled listen on IPv6 in ${site}` : `${listen} ${site} differs from the packaged version`,
  ];
  const ipv6 = !hasSite
    ? [`${listen} ${site} is not a file or does not exist`]
    : isClosed
      ? [`${listen} can not modify ${site} (read-only file system?)`]
      : checked;
  return [
    `${own} ${folder}/ is not empty, will attempt to perform configuration`,
    `${own} Looking for shell scripts in ${folder}/`,
    `${own} Launching ${folder}/10-listen-on-ipv6-by-default.sh`,
    ...ipv6,
    ...(isFrom(version, [1, 23]) ? [`${own} Sourcing ${folder}/15-local-resolvers.envsh`] : []),
    `${own} Launching ${folder}/20-envsubst-on-templates.sh`,
    ...(isFrom(version, [1, 20]) ? [`${own} Launching ${folder}/30-tune-worker-processes.sh`] : []),
    `${own} Configuration complete; ready for start up`,
  ];
}

function noticeLines(version: string): string[] {
  const full = [...(version === '' ? NGINX_NEWEST : version).split('.'), '0', '0'].slice(0, 3).join('.');
  const workers = Array.from({ length: WORKERS }, (_, index) => `start worker process ${FIRST_WORKER + index}`);
  const texts = [
    'using the "epoll" event method',
    `nginx/${full}`,
    'OS: Linux',
    'getrlimit(RLIMIT_NOFILE): 1048576:1048576',
    'start worker processes',
    ...workers,
  ];
  return texts.map((text) => `{%Y/%m/%d %T} [notice] 1#1: ${text}`);
}

const APACHE_PID = '/usr/local/apache2/logs/httpd.pid';

export function apacheStart({ version, ip, refusal }: Beginner): Start {
  const name = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${ip}. Set the 'ServerName' directive globally to suppress this message`;
  const stamp = '[{%a %b %d %T}.000000 {%Y}]';
  const refused = refusal(APACHE_PID);
  if (refused !== undefined) {
    const lines = [
      `${stamp} [core:error] [pid 1:tid 1] (${refused.code})${refused.text}: AH00099: could not create ${APACHE_PID}.Xk3q9a`,
      `${stamp} [core:error] [pid 1:tid 1] AH00100: httpd: could not log pid to file ${APACHE_PID}`,
    ];
    return { text: [name, name, ...lines].join('\n'), isFailed: true };
  }
  const full = [...(version === '' || version === '2' ? '2.4' : version).split('.'), '0'].slice(0, 3).join('.');
  const lines = [
    `${stamp} [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/${full} (Unix) configured -- resuming normal operations`,
    `${stamp} [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'`,
  ];
  return { text: [name, name, ...lines].join('\n'), isFailed: false };
}

export function redisStart(version: string): string {
  const isNew = isFrom(version, [7, 2]);
  const mark = isNew ? '*' : '#';
  const full = [...(version === '' ? '8.0' : version).split('.'), '0', '0'].slice(0, 3).join('.');
  const time = '{%d %b %Y %T}.000';
  return [
    `1:C ${time} ${mark} oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo`,
    `1:C ${time} ${mark} Redis version=${full}, bits=64, commit=00000000, modified=0, pid=1, just started`,
    `1:C ${time} # Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf`,
    ...(isFrom(version, [6]) ? [`1:M ${time} * monotonic clock: POSIX clock_gettime`] : []),
    `1:M ${time} * Running mode=standalone, port=6379.`,
    `1:M ${time} ${mark} Server initialized`,
    `1:M ${time} * Ready to accept connections${isFrom(version, [7, 2]) ? ' tcp' : ''}`,
  ].join('\n');
}

type Database = 'postgres' | 'mysql' | 'mariadb' | 'mongo';

const DATABASES: Readonly<Record<Database, (version: string) => readonly string[]>> = {
  postgres(version) {
    const log = '{%Y-%m-%d %T}.000 UTC [1] LOG: ';
    return [
      'PostgreSQL init process complete; ready for start up.',
      '',
      `${log} starting PostgreSQL ${version === '' ? '18.0' : version.includes('.') ? version : `${version}.0`} on x86_64-pc-linux-gnu, 64-bit`,
      `${log} listening on IPv4 address "0.0.0.0", port 5432`,
      `${log} listening on IPv6 address "::", port 5432`,
      `${log} listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"`,
      `${log} database system is ready to accept connections`,
    ];
  },
  mysql: (version) => mysqlLines('MySQL', version === '' ? '9.0.0' : version, `/usr/sbin/mysqld`, 'MySQL Community Server - GPL.'),
  mariadb: (version) => mysqlLines('MariaDB', version === '' ? '12.0.0' : version, 'mariadbd', 'mariadb.org binary distribution'),
  mongo: () => [
    '{"t":{"$date":"{%Y-%m-%dT%H:%M:%S}.000+00:00"},"s":"I","c":"NETWORK","id":23015,"ctx":"listener","msg":"Listening on","attr":{"address":"0.0.0.0"}}',
    '{"t":{"$date":"{%Y-%m-%dT%H:%M:%S}.000+00:00"},"s":"I","c":"NETWORK","id":23016,"ctx":"listener","msg":"Waiting for connections","attr":{"port":27017,"ssl":"off"}}',
  ],
};

function mysqlLines(brand: string, version: string, program: string, build: string): readonly string[] {
  return [
    `{%Y-%m-%d %T}+00:00 [Note] [Entrypoint]: Entrypoint script for ${brand} Server ${version} started.`,
    `{%Y-%m-%d %T}+00:00 [Note] [Entrypoint]: ${brand} init process done. Ready for start up.`,
    `{%Y-%m-%dT%H:%M:%S}.000000Z 0 [System] [MY-010931] [Server] ${program}: ready for connections. Version: '${version}'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  ${build}`,
  ];
}

export function databaseStart(database: Database, version: string): string {
  return DATABASES[database](version).join('\n');
}
