// What admission does about the account of a new pod: it must be there, and it lends its secrets for images and its token.
// Upstream: plugin/pkg/admission/serviceaccount/admission.go (v1.33). Rules: O3, U1-U3. Accounts that limit the secrets of their pods to their own
// are honoured as well.

import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';
import { randomSuffix } from '../../apimachinery/names.ts';
import { forbiddenObject, type Status } from '../../apimachinery/status.ts';
import type { Draft, Kind } from '../../kinds/kind.ts';
import { type ServiceAccount, serviceAccountKind } from '../../kinds/serviceaccount/index.ts';
import { MIRROR_ANNOTATION } from '../../kinds/shared/pod-annotations.ts';
import type { Container, Pod, PodSpec } from '../../kinds/shared/pod-spec.ts';
import { secretNamesOf } from '../../kinds/shared/pod-secrets.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { drawBelow } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored, objectKey } from '../../kernel/store.ts';
import type { AdmissionPlugin } from './plugin.ts';

const RESOURCE = resourceOf(serviceAccountKind as Kind);
const DEFAULT_NAME = 'default';
const ENFORCE_ANNOTATION = 'kubernetes.io/enforce-mountable-secrets';
const TOKEN_MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN_VOLUME_PREFIX = 'kube-api-access-';
const TOKEN_EXPIRATION_SECONDS = 3607;
const MODE_DEFAULT = 420;
/** What Go's strconv.ParseBool reads as true. */
const TRUE_WORDS = ['1', 't', 'T', 'TRUE', 'true', 'True'];

export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  resource: 'pods',
  admit: (state, kind, draft, name) => admitServiceAccount(state, kind, draft as Draft<Pod>, name),
  complete: (state, draft) => completeServiceAccount(state, draft as Draft<Pod>),
};

/** The refusal of a new pod, or undefined. */
function admitServiceAccount(state: ClusterState, kind: Kind, pod: Draft<Pod>, name: string): Status | undefined {
  const spec = pod.spec as PodSpec | undefined;
  if (spec === undefined) return undefined;
  if (isMirror(pod)) {
    const problem = mirrorProblem(spec);
    return problem === undefined ? undefined : forbiddenObject(kind, name, problem);
  }
  const { namespace } = pod.metadata;
  const accountName = accountNameOf(spec);
  const account = accountOf(state, namespace, accountName);
  if (account === undefined) {
    // The account of a pod must exist (U1).
    const text = `error looking up service account ${namespace}/${accountName}: serviceaccount ${JSON.stringify(accountName)} not found`;
    return forbiddenObject(kind, name, text);
  }
  const problem = isLimited(account) ? secretProblem(spec, account) : undefined;
  return problem === undefined ? undefined : forbiddenObject(kind, name, problem);
}

/** O3, U2: the account, its token volume with a mount in every container that has none there, and its secrets for images. */
function completeServiceAccount(state: ClusterState, pod: Draft<Pod>): void {
  const spec = pod.spec as Draft<PodSpec> | undefined;
  if (spec === undefined || isMirror(pod)) return;
  spec.serviceAccountName = accountNameOf(spec as PodSpec);
  spec['serviceAccount'] = spec.serviceAccountName;
  const account = accountOf(state, pod.metadata.namespace, spec.serviceAccountName);
  const mounts = (spec['automountServiceAccountToken'] ?? account?.automountServiceAccountToken ?? true) === true;
  if (mounts) mountToken(state, spec);
  const given = spec['imagePullSecrets'] as readonly object[] | undefined;
  const lent = account?.imagePullSecrets ?? [];
  if ((given ?? []).length === 0 && lent.length > 0) spec['imagePullSecrets'] = lent.map(({ name }) => ({ name }));
}

function accountNameOf({ serviceAccountName = '' }: PodSpec): string {
  return serviceAccountName === '' ? DEFAULT_NAME : serviceAccountName;
}

/** Upstream waits a moment for the account `default`, which its controller is about to create; so it counts as there. */
function accountOf(state: ClusterState, namespace: string | undefined, name: string): ServiceAccount | undefined {
  const found = getStored(state, RESOURCE, objectKey(namespace, name))?.object as ServiceAccount | undefined;
  return found ?? (name === DEFAULT_NAME ? ({ metadata: { name } } as ServiceAccount) : undefined);
}

function isMirror(pod: Draft<Pod>): boolean {
  return (pod.metadata as { annotations?: StringMap }).annotations?.[MIRROR_ANNOTATION] !== undefined;
}

/** U3: a pod that mirrors a file of its node has no account and no secrets. */
function mirrorProblem(spec: PodSpec): string | undefined {
  if ((spec.serviceAccountName ?? '') !== '') return 'a mirror pod may not reference service accounts';
  if (secretNamesOf(spec).length > 0) return 'a mirror pod may not reference secrets';
  const sources = (spec.volumes ?? []).flatMap(
    ({ projected }) => (projected as { sources?: readonly object[] } | undefined)?.sources ?? [],
  );
  return sources.some((source) => 'serviceAccountToken' in source)
    ? 'a mirror pod may not use ServiceAccountToken volume projections'
    : undefined;
}

function isLimited(account: ServiceAccount): boolean {
  return TRUE_WORDS.includes((account.metadata as Partial<KubeObject['metadata']>).annotations?.[ENFORCE_ANNOTATION] ?? '');
}

/** What keeps a pod from secrets that its account does not list. */
function secretProblem(spec: PodSpec, account: ServiceAccount): string | undefined {
  const listed = new Set((account.secrets ?? []).map(({ name }) => name));
  const unlisted = (secret: string | undefined): boolean => secret !== undefined && !listed.has(secret);
  const end = `is not allowed because service account ${account.metadata.name} does not reference that secret`;
  for (const { secret } of spec.volumes ?? []) {
    const used = secret === undefined ? undefined : ((secret as { secretName?: string }).secretName ?? '');
    if (unlisted(used)) return `volume with secret.secretName="${used}" ${end}`;
  }
  for (const [word, containers] of [
    ['init container', spec.initContainers ?? []],
    ['container', spec.containers],
  ] as const) {
    for (const container of containers) {
      const problem = containerProblem(container, `${word} ${container.name}`, unlisted, end);
      if (problem !== undefined) return problem;
    }
  }
  const pulls = new Set((account.imagePullSecrets ?? []).map(({ name }) => name));
  const given = (spec['imagePullSecrets'] ?? []) as readonly { readonly name?: string }[];
  const index = given.length === 0 ? -1 : given.findIndex(({ name }) => !pulls.has(name));
  if (index < 0) return undefined;
  const text = `imagePullSecrets[${index}].name="${given[index]?.name ?? ''}" is not allowed`;
  return `${text} because service account ${account.metadata.name} does not reference that imagePullSecret`;
}

function containerProblem(
  container: Container,
  word: string,
  unlisted: (secret: string | undefined) => boolean,
  end: string,
): string | undefined {
  for (const { name, valueFrom } of container.env ?? []) {
    const reference = valueFrom?.['secretKeyRef'] as { name?: string } | undefined;
    const used = reference === undefined ? undefined : (reference.name ?? '');
    if (unlisted(used)) return `${word} with envVar ${name} referencing secret.secretName="${used}" ${end}`;
  }
  for (const { secretRef } of container.envFrom ?? []) {
    const used = secretRef === undefined ? undefined : ((secretRef as { name?: string }).name ?? '');
    if (unlisted(used)) return `${word} with envFrom referencing secret.secretName="${used}" ${end}`;
  }
  return undefined;
}

function mountToken(state: ClusterState, spec: Draft<PodSpec>): void {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const bare = containers.filter((container) => !(container.volumeMounts ?? []).some((mount) => mount.mountPath === TOKEN_MOUNT_PATH));
  if (bare.length === 0) return;
  const present = (spec.volumes ?? []).find(({ name = '' }) => name.startsWith(TOKEN_VOLUME_PREFIX))?.name;
  const name = present ?? TOKEN_VOLUME_PREFIX + randomSuffix((bound) => drawBelow(state, 'volume-names', bound));
  if (present === undefined) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
  for (const container of bare)
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: TOKEN_MOUNT_PATH }];
}

function tokenVolume(name: string): Draft<NonNullable<PodSpec['volumes']>[number]> {
  const sources = [
    { serviceAccountToken: { expirationSeconds: TOKEN_EXPIRATION_SECONDS, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ];
  return { name, projected: { sources, defaultMode: MODE_DEFAULT } };
}
