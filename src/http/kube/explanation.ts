// `kubectl get --raw /clusters/demo/explain/pods/default/web`: why an object is as it is, as text (a raw path begins at the root of the server). Objects outside of namespaces have none in the path. It is no
// document of a real API server, so it lies beside all of those.

import { clusterKinds, explain, type Finding } from '../../engine/cluster/index.ts';
import { badRequest, notFound } from '../../engine/apimachinery/status.ts';
import { storedResourceOf } from '../../engine/kinds/kind.ts';
import type { ClusterService } from '../../service/ports.ts';
import { findKind } from '../resource-names.ts';
import { answerStatus } from './answer.ts';

const ROOT = '/explain/';

export function isExplanationPath(path: string): boolean {
  return path.startsWith(ROOT);
}

export function handleExplanation(service: ClusterService, cluster: string, path: string): Response {
  const [resource = '', ...place] = path.slice(ROOT.length).split('/');
  return service.read(cluster, (state) => {
    const kind = findKind(clusterKinds(state), resource);
    if (kind === undefined) return answerStatus(badRequest(`there is no resource ${JSON.stringify(resource)}`));
    const name = place.at(-1) ?? '';
    const namespace = kind.namespaced ? (place.length > 1 ? place[0] : 'default') : undefined;
    const isPath = name !== '' && place.length <= (kind.namespaced ? 2 : 1);
    if (!isPath) return answerStatus(badRequest(`write ${ROOT}${storedResourceOf(kind)}/${kind.namespaced ? 'NAMESPACE/' : ''}NAME`));
    const found = explain(state, kind, namespace, name);
    if (found === undefined) return answerStatus(notFound(kind, name));
    return new Response(found.findings.map(paragraph).join('\n'), { headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
  });
}

function paragraph({ sentence, because, wouldChange, documentation }: Finding): string {
  const proofs = because.map(({ resource, namespace, name, field, value }) => {
    const object = `${resource} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
    return `  because  ${object}${field === undefined ? '' : ` ${field}`}${value === undefined ? '' : `: ${value}`}`;
  });
  const change = wouldChange === undefined ? [] : [`  try      ${wouldChange}`];
  return [sentence, ...proofs, ...change, `  see      ${documentation}`, ''].join('\n');
}
