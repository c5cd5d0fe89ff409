// What a new cluster may begin with.

import type { Schemas } from '../api/schemas.ts';

export interface Template {
  readonly id: string;
  readonly manifests?: string;
  /** What the cluster is created with. */
  readonly cluster?: Schemas['ClusterSpec'];
  readonly fault?: Schemas['FaultSpec'];
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: nginx:1.27
          ports: [{ containerPort: 80 }]
          readinessProbe:
            httpGet: { path: /, port: 80 }
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: { app: web }
  ports: [{ port: 80 }]
`;

const PROBE = `apiVersion: v1
kind: Pod
metadata:
  name: fragile
  annotations:
    orrery.sim/behavior.app: '{"http": [{"path": "/health", "status": 500, "from": "30s"}]}'
spec:
  containers:
    - name: app
      image: registry.example/fragile:1
      ports: [{ containerPort: 8080 }]
      livenessProbe:
        httpGet: { path: /health, port: 8080 }
        periodSeconds: 5
      readinessProbe:
        httpGet: { path: /health, port: 8080 }
        periodSeconds: 5
`;

export const TEMPLATES: readonly [Template, Template, Template, Template] = [
  { id: 'empty' },
  { id: 'deployment', manifests: DEPLOYMENT },
  { id: 'probe', manifests: PROBE },
  { id: 'nodeLoss', manifests: DEPLOYMENT, fault: { type: 'node-down', target: { node: 'node-2' }, after: '60s' } },
];

/** The worked examples, in a chunk of their own: as they began, or mended. */
export async function readExampleTemplates(isMended: boolean): Promise<readonly Template[]> {
  const { examples } = await import('./examples.ts');
  return examples.map(({ name, cluster, before, mended }) => ({ id: name, cluster, manifests: isMended ? mended : before }));
}
