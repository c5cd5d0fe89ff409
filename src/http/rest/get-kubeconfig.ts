// GET /v1/clusters/{cluster}/kubeconfig

import { kubernetesPath } from '../access.ts';
import { writeYamlText } from '../kube/yaml-text.ts';
import { defineEndpoint } from './endpoint.ts';
import { clusterParams } from './schemas/common.ts';

export const getKubeconfig = defineEndpoint({
  operationId: 'getKubeconfig',
  method: 'get',
  path: '/v1/clusters/{cluster}/kubeconfig',
  tag: 'Clusters',
  summary: 'A kubeconfig for kubectl and other Kubernetes clients',
  description: 'Works as it is. When the service has a token, the server address in it holds a key that opens this one cluster.',
  params: clusterParams,
  answer: { status: 200, description: 'The kubeconfig.', mediaTypes: ['application/yaml'] },
  problems: ['cluster-not-found'],
  handle({ params, request }, { service, token }) {
    const { name } = service.get(params.cluster);
    const text = writeYamlText(kubeconfigOf(name, `${originOf(request)}${kubernetesPath(token, name)}`));
    return new Response(text, { headers: { 'Content-Type': 'application/yaml', 'Cache-Control': 'no-store' } });
  },
});

function kubeconfigOf(name: string, server: string): object {
  const context = `orrery-${name}`;
  return {
    apiVersion: 'v1',
    kind: 'Config',
    // Q2: clients other than kubectl refuse plain HTTP without insecure-skip-tls-verify.
    clusters: [{ name: context, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: context, user: {} }],
    contexts: [{ name: context, context: { cluster: context, user: context, namespace: 'default' } }],
    'current-context': context,
  };
}

/** The address under which the client reached the service; a proxy may say what it was. */
function originOf(request: Request): string {
  const url = new URL(request.url);
  const protocol = firstOf(request.headers.get('x-forwarded-proto')) ?? url.protocol.slice(0, -1);
  const host = firstOf(request.headers.get('x-forwarded-host')) ?? url.host;
  return `${protocol === 'https' ? 'https' : 'http'}://${/^[\w.:[\]-]+$/.test(host) ? host : url.host}`;
}

function firstOf(header: string | null): string | undefined {
  const first = header?.split(',')[0]?.trim();
  return first === '' ? undefined : first;
}
