// The kind ComponentStatus: made when it is read, and always well. Upstream: pkg/registry/core/componentstatus/rest.go,
// pkg/registry/core/rest/storage_core.go, printers.go printComponentStatus (v1.33). Rules: C528, M1, N8.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Kind } from '../kind.ts';
import { column, NAME_COLUMN } from '../shared/columns.ts';

interface ComponentCondition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
  readonly error?: string;
}

export interface ComponentStatus extends KubeObject {
  readonly conditions?: readonly ComponentCondition[];
}

const COMPONENTS = ['controller-manager', 'etcd-0', 'scheduler'];

export const componentStatusKind: Kind<ComponentStatus> = {
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  singular: 'componentstatus',
  shortNames: ['cs'],
  categories: [],
  namespaced: false,
  schema: 'core.v1.ComponentStatus',
  nameFormat: 'path-segment',
  generation: 'none',
  hasStatus: false,
  withoutVerbs: ['create', 'delete', 'deletecollection', 'patch', 'update', 'watch'],
  virtualObjects: COMPONENTS.map(
    (name) =>
      ({
        kind: 'ComponentStatus',
        apiVersion: 'v1',
        metadata: { name, creationTimestamp: null },
        conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
      }) as unknown as ComponentStatus,
  ),
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  applyDefaults: () => {},
  validate: () => [],
  columns: [NAME_COLUMN, column('Status'), column('Message'), column('Error')],
  cells({ metadata, conditions = [] }) {
    const healthy = conditions.find(({ type }) => type === 'Healthy');
    const status = healthy === undefined ? 'Unknown' : healthy.status === 'True' ? 'Healthy' : 'Unhealthy';
    return [metadata.name, status, healthy?.message ?? '', healthy?.error ?? ''];
  },
};
