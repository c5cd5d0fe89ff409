// Who a client of the Kubernetes API is for field ownership, and which apply patches are refused.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCluster, type TestCluster } from './server.ts';

let cluster: TestCluster;

beforeEach(() => {
  cluster = createTestCluster({ nodes: 0 });
});

afterEach(() => cluster.remove());

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const BODY = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '1' } });

describe('I10 the manager of a write', () => {
  it.each([
    ['', 'kubectl/v1.33.0 (linux/amd64)', 'kubectl'],
    ['', '', 'unknown'],
    ['', 'cürl/8', 'crl'],
    ['', 'x'.repeat(200), 'x'.repeat(128)],
    ['?fieldManager=me', 'kubectl/v1.33.0', 'me'],
  ])('I10 query %j and agent %j', async (query, agent, manager) => {
    const headers = { 'Content-Type': 'application/json', 'User-Agent': agent };
    const response = await cluster.fetch(`${CONFIG_MAPS}${query}`, { method: 'POST', headers, body: BODY });
    const { metadata } = (await response.json()) as { metadata: { managedFields: readonly { readonly manager: string }[] } };
    expect(metadata.managedFields.map((entry) => entry.manager)).toEqual([manager]);
  });
});

describe('J1 the media type of an apply', () => {
  it.each([
    ['application/apply-patch+yaml', 201],
    ['application/apply-patch+cbor', 415],
    ['application/apply-patch+json', 415],
  ])('J1 %s answers %i', async (type, code) => {
    const path = `${CONFIG_MAPS}/c?fieldManager=m`;
    const response = await cluster.fetch(path, { method: 'PATCH', headers: { 'Content-Type': type }, body: BODY });
    expect(response.status).toBe(code);
    const { message, reason } = (await response.json()) as { readonly message?: string; readonly reason?: string };
    if (code === 415) {
      expect(reason).toBe('UnsupportedMediaType');
      expect(message).toBe(
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml',
      );
    }
  });
});

describe('K4 structs that Go has from the beginning', () => {
  const FLOW_SCHEMA = {
    path: '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
    body: {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'FlowSchema',
      metadata: { name: 'f' },
      spec: { priorityLevelConfiguration: { name: 'global-default' }, matchingPrecedence: 9 },
    },
    owned: { 'f:priorityLevelConfiguration': { 'f:name': {} }, 'f:matchingPrecedence': {} },
  };
  const ATTACHMENT = {
    path: '/apis/storage.k8s.io/v1/volumeattachments',
    body: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: 'a' },
      spec: { attacher: 'd', nodeName: 'n', source: { persistentVolumeName: 'v' } },
    },
    owned: { 'f:attacher': {}, 'f:nodeName': {}, 'f:source': { 'f:persistentVolumeName': {} } },
  };
  it.each([FLOW_SCHEMA, ATTACHMENT])('K4 are owned by what is in them: $path', async ({ path, body, owned }) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await cluster.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(response.status).toBe(201);
    const { metadata } = (await response.json()) as { metadata: { managedFields: readonly { readonly fieldsV1: object }[] } };
    expect(metadata.managedFields[0]?.fieldsV1).toMatchObject({ 'f:spec': owned });
    expect(JSON.stringify(metadata.managedFields[0]?.fieldsV1)).not.toContain('"."');
  });
});
