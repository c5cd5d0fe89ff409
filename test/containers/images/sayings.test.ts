// What programs of images say and end with: K933.

import { describe, expect, it } from 'vitest';
import { readPodLog } from '../../../src/engine/cluster/index.ts';
import { createPodCluster } from '../../support/pods.ts';

/** What a container with this command prints. */
function printed(image: string, command: readonly string[]): string {
  const cluster = createPodCluster();
  const spec = { restartPolicy: 'Never', containers: [{ name: 'c', image, command: [...command] }] };
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
  cluster.advanceTo(30);
  const log = readPodLog(cluster.state, { namespace: 'default', name: 'p', container: 'c', isPrevious: false });
  return log.ok ? log.value.lines.map(({ text }) => text).join('\n') : (log.status.message ?? '');
}

describe('K933 programs say', () => {
  it.each<[string, string, string]>([
    ['nginx:1.27.3', 'nginx -v', 'nginx version: nginx/1.27.3'],
    ['nginx', 'nginx -v', 'nginx version: nginx/1.29.0'],
    ['redis:7.4', 'redis-server --version', 'Redis server v=7.4.0 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0'],
    ['redis:7.4', 'redis-cli -v', 'redis-cli 7.4.0'],
    ['postgres:16', 'psql --version', 'psql (PostgreSQL) 16.0'],
    ['mysql:8.0.36', 'mysql -V', 'mysql  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)'],
    ['python:3.12', 'python3 --version', 'Python 3.12.0'],
  ])('%s: %s', (image, command, text) => {
    expect(printed(image, command.split(' '))).toBe(text);
    expect(printed(image, ['sh', '-c', command])).toBe(text);
  });

  it.each<[number, string]>([
    [1, '3'],
    [2, '3.1'],
    [5, '3.1416'],
    [51, '3.14159265358979323846264338327950288419716939937511'],
  ])('π to %i digits', (digits, text) => {
    expect(printed('perl:5.34', ['perl', '-Mbignum=bpi', '-wle', `print bpi(${digits})`])).toBe(text);
  });

  it('two thousand digits of π, as the page on Jobs prints them', () => {
    const text = printed('perl:5.34.0', ['perl', '-Mbignum=bpi', '-wle', 'print bpi(2000)']);
    expect([text.length, text.slice(0, 12)]).toEqual([2001, '3.1415926535']);
    expect(printed('perl', ['perl', '-e', String.raw`print "hello\n"`])).toBe('hello');
  });
});
