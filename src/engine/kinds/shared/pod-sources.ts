// Which ConfigMaps and Secrets the volumes of a pod spec show, so that a change of one finds the pods it concerns.

import type { PodSpec, Volume } from './pod-spec.ts';

interface Projection {
  readonly configMap?: { readonly name?: string };
  readonly secret?: { readonly name?: string };
}

/** The ConfigMap of every namespace's certificate authority: in nearly every pod, and its content never changes. */
export const ROOT_CA_CONFIG_MAP = 'kube-root-ca.crt';

/** Index terms `configmap:<namespace>/<name>` and `secret:<namespace>/<name>`. */
export function volumeSourceTerms(spec: PodSpec, namespace: string): string[] {
  const terms = (spec.volumes ?? []).flatMap((volume) => sourcesOf(volume).map(({ kind, name }) => `${kind}:${namespace}/${name}`));
  return [...new Set(terms)];
}

function sourcesOf(volume: Volume): { readonly kind: 'configmap' | 'secret'; readonly name: string }[] {
  const map = volume['configMap'] as { readonly name?: string } | undefined;
  const secret = volume['secret'] as { readonly secretName?: string } | undefined;
  const projections = (volume['projected'] as { readonly sources?: readonly Projection[] } | undefined)?.sources ?? [];
  const maps = [map?.name, ...projections.map((source) => source.configMap?.name).filter((name) => name !== ROOT_CA_CONFIG_MAP)];
  const secrets = [secret?.secretName, ...projections.map((source) => source.secret?.name)];
  return [...named('configmap', maps), ...named('secret', secrets)];
}

function named<K extends string>(kind: K, names: readonly (string | undefined)[]): { readonly kind: K; readonly name: string }[] {
  return names.flatMap((name) => (name === undefined || name === '' ? [] : [{ kind, name }]));
}
