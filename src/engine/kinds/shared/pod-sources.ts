// Which ConfigMaps, Secrets and claims the volumes of a pod spec show, so that a change of one finds the pods it concerns.

import type { PodSpec, Volume } from './pod-spec.ts';

interface Projection {
  readonly configMap?: { readonly name?: string };
  readonly secret?: { readonly name?: string };
}

/** The ConfigMap of every namespace's certificate authority: in nearly every pod, and its content never changes. */
export const ROOT_CA_CONFIG_MAP = 'kube-root-ca.crt';

/** Index terms `configmap:<namespace>/<name>`, `secret:...` and `persistentvolumeclaim:...`. */
export function volumeSourceTerms(spec: PodSpec, namespace: string, podName: string): string[] {
  const terms = (spec.volumes ?? []).flatMap((volume) => sourcesOf(volume).map(({ kind, name }) => `${kind}:${namespace}/${name}`));
  return [...new Set([...terms, ...claimNamesOf(spec, podName).map((name) => claimTerm(namespace, name))])];
}

/** The term under which pods are found by a claim that they mount. */
export function claimTerm(namespace: string, name: string): string {
  return `persistentvolumeclaim:${namespace}/${name}`;
}

/** The claims of a pod's volumes. */
export function claimNamesOf(spec: PodSpec, podName: string): readonly string[] {
  return (spec.volumes ?? []).flatMap((volume) => claimNameOf(volume, podName) ?? []);
}

/** The claim of a volume; an ephemeral one has its own, named after the pod. */
export function claimNameOf(volume: Volume, podName: string): string | undefined {
  const claim = volume['persistentVolumeClaim'] as { readonly claimName?: string } | undefined;
  return claim?.claimName ?? (volume['ephemeral'] === undefined ? undefined : `${podName}-${volume.name}`);
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
