// Whether a request is one that a policy, a binding or a webhook is about.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/{rules,namespace,object}, plugin/policy/matching/matching.go (v1.33). Rule: U7.

import { matchesSelector, selectorFromLabelSelector, type LabelSelector } from '../../../apimachinery/labels.ts';
import type { KubeObject } from '../../../apimachinery/meta.ts';
import type { ClusterState } from '../../../kernel/state.ts';
import { getStored } from '../../../kernel/store.ts';
import { type Kind, storedResourceOf } from '../../../kinds/kind.ts';
import type { AdmissionRule, MatchResources } from '../../../kinds/shared/admission-match.ts';
import { clusterKinds } from '../../cluster-kinds.ts';
import type { UserInfo } from '../../authentication/user.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What a subresource takes is of a kind of its own: an Eviction, a Scale, the options of a connection. */
export interface ObjectKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What a request is about to do. */
export interface AdmissionAttributes {
  readonly operation: Operation;
  readonly kind: Kind;
  /** The version in which a policy sees the object. Absent: that of the request. */
  readonly view?: Kind;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly subresource: string;
  /** Absent: that of the resource. */
  readonly objectKind?: ObjectKind;
  /** The object as it would be stored; undefined for a deletion. */
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly user: UserInfo;
  readonly isDryRun: boolean;
}

/** True if a match is about the request. */
export function matchesResources(state: ClusterState, match: MatchResources | undefined, attributes: AdmissionAttributes): boolean {
  if (match === undefined) return true;
  const { namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [], matchPolicy } = match;
  if (!matchesNamespace(state, namespaceSelector, attributes) || !matchesObject(objectSelector, attributes)) return false;
  const versions = versionsOf(state, attributes.kind, matchPolicy !== 'Exact');
  if (excludeResourceRules.some((rule) => matchesRule(rule, attributes, versions))) return false;
  return resourceRules.length === 0 || resourceRules.some((rule) => matchesRule(rule, attributes, versions));
}

/**
 * The version in which a webhook or a policy is asked: the requested one, which is the first of `views`, if a rule names it, else with `Equivalent` the first
 * that a rule names; undefined where the match is not about the request.
 */
export function matchedVersion(
  state: ClusterState,
  match: MatchResources,
  attributes: AdmissionAttributes,
  views: readonly Kind[],
): Kind | undefined {
  const { namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [], matchPolicy } = match;
  if (!matchesNamespace(state, namespaceSelector, attributes) || !matchesObject(objectSelector, attributes)) return undefined;
  const versions = versionsOf(state, attributes.kind, matchPolicy !== 'Exact');
  if (excludeResourceRules.some((rule) => matchesRule(rule, attributes, versions))) return undefined;
  const names = (rule: AdmissionRule, view: Kind): boolean => matchesRule(rule, { ...attributes, kind: view }, [view.version]);
  const [requested, ...others] = views;
  if (requested !== undefined && resourceRules.some((rule) => names(rule, requested))) return requested;
  if (matchPolicy === 'Exact') return undefined;
  const found = resourceRules.map((rule) => others.find((view) => names(rule, view)));
  return found.find((view) => view !== undefined);
}

/** The versions in which a resource may be named: with `Equivalent` every one that is served. */
function versionsOf(state: ClusterState, kind: Kind, isEquivalent: boolean): readonly string[] {
  if (!isEquivalent) return [kind.version];
  return clusterKinds(state)
    .filter((other) => storedResourceOf(other) === storedResourceOf(kind))
    .map(({ version }) => version);
}

function matchesRule(rule: AdmissionRule, attributes: AdmissionAttributes, versions: readonly string[]): boolean {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], resourceNames = [], scope = '*' } = rule;
  const { kind, operation, name, namespace } = attributes;
  const has = (values: readonly string[], value: string): boolean => values.includes('*') || values.includes(value);
  if (!has(operations, operation) || !has(apiGroups, kind.group)) return false;
  if (!apiVersions.includes('*') && !apiVersions.some((version) => versions.includes(version))) return false;
  if (resourceNames.length > 0 && !resourceNames.includes(name)) return false;
  const isClusterScoped = namespace === undefined || (kind.group === '' && kind.plural === 'namespaces');
  if (scope === 'Cluster' ? !isClusterScoped : scope === 'Namespaced' && isClusterScoped) return false;
  return resources.some((resource) => {
    const [plural = '', subresource = ''] = resource.split('/');
    return (plural === '*' || plural === kind.plural) && (subresource === '*' || subresource === attributes.subresource);
  });
}

/** Labels of the namespace in which the request is, of a namespace its own; what has no namespace is always meant. */
function matchesNamespace(state: ClusterState, selector: LabelSelector | undefined, attributes: AdmissionAttributes): boolean {
  if (isEmpty(selector)) return true;
  const { kind, namespace, object, oldObject } = attributes;
  const isNamespace = kind.group === '' && kind.plural === 'namespaces';
  if (!isNamespace && namespace === undefined) return true;
  const labels = isNamespace
    ? (object ?? oldObject)?.metadata.labels
    : (getStored(state, 'namespaces', namespace ?? '')?.object as KubeObject | undefined)?.metadata.labels;
  return matchesSelector(selectorFromLabelSelector(selector), labels);
}

function matchesObject(selector: LabelSelector | undefined, { object, oldObject }: AdmissionAttributes): boolean {
  if (isEmpty(selector)) return true;
  const wanted = selectorFromLabelSelector(selector);
  // What has no metadata, as options of a connection, is selected by none.
  const metadata = [object, oldObject].map((item) => (item as Partial<KubeObject> | undefined)?.metadata);
  return metadata.some((item) => item !== undefined && matchesSelector(wanted, item.labels));
}

function isEmpty(selector: LabelSelector | undefined): boolean {
  return selector === undefined || ((selector.matchExpressions ?? []).length === 0 && Object.keys(selector.matchLabels ?? {}).length === 0);
}
