// Tags of official images that nobody published are not found (K930).

import { describe, expect, it } from 'vitest';
import { isPublished } from '../../../src/engine/containers/images/published-tags.ts';
import { createPodCluster, type PodCluster } from '../../support/pods.ts';

function open(image: string, annotations: Record<string, string> = {}): PodCluster {
  const cluster = createPodCluster();
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', annotations }, spec: { containers: [{ name: 'c', image }] } });
  cluster.advanceTo(30);
  return cluster;
}

describe('K930 tags', () => {
  it.each(
    [
      'nginx nginx:1 nginx:1.27 nginx:1.14.2 nginx:1.27.3-alpine nginx:stable-alpine3.20-slim nginx:mainline-bookworm nginx:1.25-perl docker.io/library/nginx:1.28',
      'busybox:1.28 busybox:1.37.0-glibc busybox:musl busybox:stable alpine:3.20.1 alpine:edge alpine:20240606 debian:12-slim debian:bookworm-20240211-slim',
      'ubuntu:22.04 ubuntu:noble redis:7.4.1-bookworm redis:6-alpine3.17 httpd:2.4.62 postgres:17rc1 postgres:16-alpine mysql:8.0.36 mysql:8-oraclelinux9 mysql:lts',
      'mariadb:11.4 mongo:4.4-focal mongo:8.0-windowsservercore-ltsc2022 python:3.13.0rc1-slim python:3.12-alpine3.20 perl:5.34 bash:5.2.21 memcached:1.6-alpine',
      `nginx@sha256:${'0'.repeat(64)} example.com/nginx:broken acme/nginx:v7 app:does-not-exist quay.io/library/redis:none`,
    ].flatMap((line) => line.split(' ')),
  )('has %s', (image) => {
    expect(isPublished(image)).toBe(true);
  });

  it.each(
    'nginx:1.161 nginx:1.91 nginx:2 nginx:0.8 nginx:latst nginx:does-not-exist nginx:1.27-alpin nginx:v1x busybox:1.280 redis:70 httpd:2.5 ubuntu:bonic'.split(
      ' ',
    ),
  )('has no %s', (image) => {
    expect(isPublished(image)).toBe(false);
  });

  it('K930 K229 a pull of such a tag fails in the words of containerd, and waits ever longer', () => {
    const cluster = open('nginx:1.161');
    const reference = 'docker.io/library/nginx:1.161';
    expect(cluster.eventRows('Failed')[0]).toContain(
      `Warning Failed Failed to pull image "nginx:1.161": rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reference}: not found`,
    );
    expect(cluster.podRows().at(-1)).toContain('0/1 ImagePullBackOff');
  });

  it('K930 what the cluster or the pod says of an image comes first', () => {
    expect(open('nginx:two', { 'orrery.sim/behavior.c': '{"pull": {"duration": "1s"}}' }).podRows().at(-1)).toContain('1/1 Running');
    const cluster = createPodCluster();
    cluster.run({ type: 'image', reference: 'nginx:two', behavior: {} });
    cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx:two' }] } });
    cluster.advanceTo(30);
    expect(cluster.podRows().at(-1)).toContain('1/1 Running');
  });
});
