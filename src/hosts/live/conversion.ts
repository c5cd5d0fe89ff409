// What of a live cluster makes a simulated one: its nodes, and every object that somebody has written. What controllers made is left to those of the simulation,
// what only the live cluster can know is taken away, values of Secrets are replaced, and what cannot be simulated is told.

import { isJsonObject, type Json, type JsonObject } from '../../engine/apimachinery/meta.ts';

export interface ConversionOptions {
  /** Whether values of Secrets stay as they are. */
  readonly keepsSecrets: boolean;
  /** Only these; undefined: all. Objects without a namespace are taken in any case. */
  readonly namespaces: ReadonlySet<string> | undefined;
}

/** Something that is not as it is in the live cluster. */
export interface Note {
  /** `pod/web-1`, or a kind. */
  readonly what: string;
  readonly why: string;
}

export interface Converted {
  /** Undefined where nothing was said of nodes. */
  readonly nodes: readonly JsonObject[] | undefined;
  /** In the order in which they can be made. */
  readonly objects: readonly JsonObject[];
  /** The statuses of the objects that had one. */
  readonly statuses: ReadonlyMap<JsonObject, JsonObject>;
  readonly notes: readonly Note[];
  /** Objects by kind that the cluster makes again by itself. */
  readonly remade: ReadonlyMap<string, number>;
  readonly secrets: number;
}

/** Owners whose controllers run in the simulation. */
const MAKERS: ReadonlySet<string> = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Endpoints',
  'EndpointSlice',
  'Job',
  'Node',
  'ReplicaSet',
  'ReplicationController',
  'Service',
  'StatefulSet',
]);

/** Kinds that a cluster makes by itself. */
const REMADE: ReadonlySet<string> = new Set([
  'CertificateSigningRequest',
  'ComponentStatus',
  'ControllerRevision',
  'CSINode',
  'CSIStorageCapacity',
  'Endpoints',
  'EndpointSlice',
  'Event',
  'FlowSchema',
  'IPAddress',
  'Lease',
  'NodeMetrics',
  'PodMetrics',
  'PriorityLevelConfiguration',
  'ServiceCIDR',
  'VolumeAttachment',
]);

const OUTSIDE: Readonly<Record<string, string>> = {
  APIService: 'API servers of the cluster’s own are not asked',
  MutatingWebhookConfiguration: 'webhooks in the cluster are not called: its programs are simulated',
  ValidatingWebhookConfiguration: 'webhooks in the cluster are not called: its programs are simulated',
};

/** Those that every cluster has. */
const FOUNDING_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/** Kinds that others need, first; what is not named comes behind them, and policies at the end. */
const FIRST = [
  'CustomResourceDefinition',
  'Namespace',
  'PriorityClass',
  'StorageClass',
  'RuntimeClass',
  'IngressClass',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ClusterRole',
  'Role',
  'ClusterRoleBinding',
  'RoleBinding',
  'Service',
];
const LAST = ['LimitRange', 'ResourceQuota', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];

/** Converts the objects of a live cluster. */
export function convert(objects: readonly JsonObject[], options: ConversionOptions): Converted {
  const converter = new Converter(options);
  for (const object of objects) converter.take(object);
  return converter.result();
}

class Converter {
  private readonly options: ConversionOptions;
  private nodes: JsonObject[] | undefined;
  private readonly kept: JsonObject[] = [];
  private readonly statuses = new Map<JsonObject, JsonObject>();
  private readonly notes: Note[] = [];
  private readonly remade = new Map<string, number>();
  private readonly definitions = new Set<string>();
  private secrets = 0;

  constructor(options: ConversionOptions) {
    this.options = options;
  }

  take(object: JsonObject): void {
    const kind = String(object['kind'] ?? '');
    const metadata = membersOf(object['metadata']);
    const { namespaces } = this.options;
    const namespace = kind === 'Namespace' ? metadata['name'] : metadata['namespace'];
    if (namespaces !== undefined && typeof namespace === 'string' && !namespaces.has(namespace)) return;
    if (kind === 'Node') return this.takeNode(object, metadata);
    const why = OUTSIDE[kind];
    if (why !== undefined) return this.isOwn(kind, object) ? this.leave(object, why) : undefined;
    if (isStatic(metadata)) return this.leave(object, 'a static pod is of its node’s own files');
    if (REMADE.has(kind) || isMade(kind, object, metadata)) return void this.remade.set(kind, (this.remade.get(kind) ?? 0) + 1);
    const over = overOf(kind, object, metadata);
    if (over !== undefined) return this.leave(object, over);
    const cleaned = this.clean(kind, object, metadata);
    this.kept.push(cleaned);
    if (isJsonObject(object['status'] ?? null) && Object.keys(object['status'] as JsonObject).length > 0)
      this.statuses.set(cleaned, object['status'] as JsonObject);
  }

  result(): Converted {
    for (const name of this.missingNamespaces()) this.kept.push({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const rank = ({ kind }: JsonObject): number => {
      const [first, last] = [FIRST.indexOf(String(kind)), LAST.indexOf(String(kind))];
      return first >= 0 ? first : last >= 0 ? FIRST.length + 1 + last : FIRST.length;
    };
    const sorted = this.kept
      .map((object, index) => ({ object, index }))
      .sort((a, b) => rank(a.object) - rank(b.object) || a.index - b.index);
    if (this.definitions.size > 0)
      this.notes.push({
        what: `custom resources (${[...this.definitions].sort().join(', ')})`,
        why: 'they are stored and validated; the controllers that act on them are simulated containers, which do not',
      });
    return {
      nodes: this.nodes,
      objects: sorted.map(({ object }) => object),
      statuses: this.statuses,
      notes: this.notes,
      remade: this.remade,
      secrets: this.secrets,
    };
  }

  /** Namespaces that objects are in, and that nobody gave. */
  private missingNamespaces(): ReadonlySet<string> {
    const missing = new Set<string>();
    for (const { metadata } of this.kept) {
      const { namespace } = membersOf(metadata);
      if (typeof namespace === 'string' && !FOUNDING_NAMESPACES.has(namespace)) missing.add(namespace);
    }
    for (const { kind, metadata } of this.kept) if (kind === 'Namespace') missing.delete(String(membersOf(metadata)['name']));
    return missing;
  }

  /** API services that the API server has itself are everywhere. */
  private isOwn(kind: string, { spec }: JsonObject): boolean {
    return kind !== 'APIService' || isJsonObject(membersOf(spec)['service'] ?? null);
  }

  private leave(object: JsonObject, why: string): void {
    this.notes.push({ what: nameOf(object), why });
  }

  private takeNode(object: JsonObject, metadata: JsonObject): void {
    const [spec, status] = [membersOf(object['spec']), membersOf(object['status'])];
    const taints = listOf(spec['taints']).filter(({ key }) => !String(key).startsWith('node.kubernetes.io/'));
    const capacity = membersOf(status['allocatable'] ?? status['capacity']);
    const conditions = listOf(status['conditions']);
    const isReady = conditions.length === 0 || conditions.some(({ type, status: now }) => type === 'Ready' && now === 'True');
    if (!isReady) this.leave(object, 'it is not ready; here it is, until a fault strikes it');
    if (spec['unschedulable'] === true) this.leave(object, 'it is cordoned; here it is not, until you cordon it');
    this.nodes ??= [];
    this.nodes.push({
      name: metadata['name'] ?? '',
      ...(isJsonObject(metadata['labels'] ?? null) ? { labels: metadata['labels'] as JsonObject } : {}),
      ...(taints.length === 0 ? {} : { taints: taints.map(({ timeAdded: _added, ...taint }) => taint) }),
      ...(Object.keys(capacity).length === 0 ? {} : { capacity }),
    });
  }

  private clean(kind: string, object: JsonObject, metadata: JsonObject): JsonObject {
    const { status: _, ...rest } = object;
    const cleaned: JsonObject = { ...rest, metadata: cleanMetadata(metadata) };
    const spec = membersOf(object['spec']);
    switch (kind) {
      case 'Secret':
        return this.cleanSecret(cleaned);
      case 'Service': {
        const { clusterIP, clusterIPs: _ips, healthCheckNodePort: _port, ...kept } = spec;
        return { ...cleaned, spec: clusterIP === 'None' ? { ...kept, clusterIP } : kept };
      }
      case 'Pod':
        return { ...cleaned, spec: cleanPod(spec) };
      case 'Job':
        return { ...cleaned, spec: cleanJob(spec) };
      case 'PersistentVolumeClaim': {
        const { volumeName: _volume, ...kept } = spec;
        return { ...cleaned, spec: kept };
      }
      case 'PersistentVolume': {
        const { claimRef, ...kept } = spec;
        const { uid: _uid, resourceVersion: _version, ...reference } = membersOf(claimRef);
        return { ...cleaned, spec: claimRef === undefined ? kept : { ...kept, claimRef: reference } };
      }
      case 'ServiceAccount': {
        const { secrets: _secrets, ...kept } = cleaned;
        return kept;
      }
      case 'CustomResourceDefinition': {
        const { conversion, ...kept } = spec;
        this.definitions.add(String(membersOf(spec['names'])['kind'] ?? ''));
        if (membersOf(conversion)['strategy'] === 'Webhook')
          this.leave(object, 'its versions are converted by a webhook, whose program would be simulated');
        return { ...cleaned, spec: kept };
      }
      default:
        return cleaned;
    }
  }

  /** Values that say nothing, and that are still what a Secret of the type must have. */
  private cleanSecret(secret: JsonObject): JsonObject {
    if (this.options.keepsSecrets) return secret;
    const { data, stringData: _, ...rest } = secret;
    const names = Object.keys(membersOf(data));
    this.secrets += names.length;
    return { ...rest, data: Object.fromEntries(names.map((name) => [name, NEUTRAL[name] ?? base64('replaced')])) };
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const NEUTRAL: Readonly<Record<string, string>> = { '.dockerconfigjson': base64('{"auths":{}}'), '.dockercfg': base64('{}') };

function membersOf(value: Json | undefined): JsonObject {
  return isJsonObject(value ?? null) ? (value as JsonObject) : {};
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((item): item is JsonObject => isJsonObject(item)) : [];
}

/** `deployment/web`, `shop/deployment/web`. */
export function nameOf({ kind, metadata }: JsonObject): string {
  const { name, namespace } = membersOf(metadata);
  return `${typeof namespace === 'string' ? `${namespace}/` : ''}${String(kind).toLowerCase()}/${String(name)}`;
}

function isStatic(metadata: JsonObject): boolean {
  return membersOf(metadata['annotations'])['kubernetes.io/config.mirror'] !== undefined;
}

/** Whether a controller of the simulation makes an object again. */
function isMade(kind: string, object: JsonObject, metadata: JsonObject): boolean {
  const name = String(metadata['name'] ?? '');
  if (listOf(metadata['ownerReferences']).some(({ kind: owner, controller }) => controller === true && MAKERS.has(String(owner))))
    return true;
  if (kind === 'ConfigMap') return name === 'kube-root-ca.crt';
  if (kind === 'ServiceAccount') return name === 'default';
  if (kind === 'Service') return name === 'kubernetes' && metadata['namespace'] === 'default';
  if (kind === 'Secret')
    return object['type'] === 'kubernetes.io/service-account-token' || object['type'] === 'bootstrap.kubernetes.io/token';
  if (kind === 'PriorityClass') return name.startsWith('system-');
  if (kind === 'PersistentVolume') return membersOf(metadata['annotations'])['pv.kubernetes.io/provisioned-by'] !== undefined;
  if (kind === 'ClusterRole' || kind === 'ClusterRoleBinding' || kind === 'Role' || kind === 'RoleBinding')
    return membersOf(metadata['labels'])['kubernetes.io/bootstrapping'] !== undefined;
  return false;
}

/** Why an object is not made although somebody wrote it: it has no future. */
function overOf(kind: string, object: JsonObject, metadata: JsonObject): string | undefined {
  if (metadata['deletionTimestamp'] !== undefined) return 'it is being deleted';
  const status = membersOf(object['status']);
  if (kind === 'Pod' && (status['phase'] === 'Succeeded' || status['phase'] === 'Failed')) return 'it is over, and would run again';
  const isDone = listOf(status['conditions']).some(({ type, status: now }) => (type === 'Complete' || type === 'Failed') && now === 'True');
  return kind === 'Job' && isDone ? 'it is over, and would run again' : undefined;
}

/** Annotations that say what was, and that may hold what is replaced. */
const OF_THE_PAST =
  /^(?:kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/|pv\.kubernetes\.io\/|volume\.(?:beta\.)?kubernetes\.io\/(?:storage-provisioner|selected-node)|control-plane\.alpha\.kubernetes\.io\/|cni\.projectcalico\.org\/|k8s\.v1\.cni\.cncf\.io\/)/;

function cleanMetadata({ name, namespace, labels, annotations, finalizers }: JsonObject): JsonObject {
  const kept = Object.fromEntries(Object.entries(membersOf(annotations)).filter(([key]) => !OF_THE_PAST.test(key)));
  // Whoever would take away other finalizers does not run.
  const own = Array.isArray(finalizers) ? finalizers.filter((one) => typeof one === 'string' && /^kubernetes(?:$|\.io\/)/.test(one)) : [];
  return {
    name: name ?? '',
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }),
    ...(own.length === 0 ? {} : { finalizers: own }),
  };
}

const TOKEN_VOLUME = /^kube-api-access-/;

/** A pod as somebody wrote it: nobody had bound it, and no token was mounted. */
function cleanPod(spec: JsonObject): JsonObject {
  const { nodeName: _node, volumes, ...rest } = spec;
  const kept = listOf(volumes).filter(isWritten);
  const lists = ['initContainers', 'containers'].filter((list) => spec[list] !== undefined);
  const cleaned = lists.map((list) => [list, listOf(spec[list]).map(withoutTokens)]);
  return { ...rest, ...(kept.length === 0 ? {} : { volumes: kept }), ...(Object.fromEntries(cleaned) as JsonObject) };
}

function withoutTokens({ volumeMounts, ...container }: JsonObject): JsonObject {
  const mounts = listOf(volumeMounts).filter(isWritten);
  return mounts.length === 0 ? container : { ...container, volumeMounts: mounts };
}

function isWritten({ name }: JsonObject): boolean {
  return !TOKEN_VOLUME.test(String(name));
}

const JOB_LABELS = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

/** A Job whose selector was made for it gets another one. */
function cleanJob(spec: JsonObject): JsonObject {
  if (spec['manualSelector'] === true) return spec;
  const { selector: _, ...rest } = spec;
  const template = membersOf(spec['template']);
  const metadata = membersOf(template['metadata']);
  const labels = Object.fromEntries(Object.entries(membersOf(metadata['labels'])).filter(([name]) => !JOB_LABELS.includes(name)));
  return { ...rest, template: { ...template, metadata: { ...metadata, labels } } };
}
