// What a rule of a role allows, and which rules are within others.
// Upstream: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/apis/rbac/v1/evaluation_helpers.go, component-helpers/auth/rbac/validation,
// pkg/registry/rbac/validation/policy_compact.go (v1.33). Rules: Q12, Q13.

import { compareText } from '../../apimachinery/text.ts';
import type { PolicyRule } from '../../kinds/shared/rbac.ts';
import type { Attributes } from './attributes.ts';

const ALL = '*';

/** Whether a rule allows a request. */
export function allows(rule: PolicyRule, attributes: Attributes): boolean {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  if (!includes(verbs, attributes.verb)) return false;
  if (!attributes.isResource) return nonResourceURLs.some((url) => url === ALL || coversUrl(url, attributes.path));
  const { group, resource, subresource = '', name = '' } = attributes;
  if (!includes(apiGroups, group)) return false;
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  const isResource = includes(resources, combined) || (subresource !== '' && resources.includes(`*/${subresource}`));
  return isResource && (resourceNames.length === 0 || resourceNames.includes(name));
}

function includes(values: readonly string[], value: string): boolean {
  return values.includes(ALL) || values.includes(value);
}

function coversUrl(url: string, path: string): boolean {
  return url === path || (url.endsWith(ALL) && path.startsWith(url.replace(/\*+$/, '')));
}

/** Q13: the parts of rules, each of one verb and one thing, that no single rule of the owner covers. */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(partsOf).filter((part) => !owned.some((rule) => covers(rule, part)));
}

function partsOf({ verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): PolicyRule[] {
  const parts: PolicyRule[] = [];
  for (const group of apiGroups)
    for (const resource of resources)
      for (const verb of verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (resourceNames.length === 0) parts.push(part);
        else for (const name of resourceNames) parts.push({ ...part, resourceNames: [name] });
      }
  for (const url of nonResourceURLs) for (const verb of verbs) parts.push({ nonResourceURLs: [url], verbs: [verb] });
  return parts;
}

function covers(rule: PolicyRule, part: PolicyRule): boolean {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const isEvery = (values: readonly string[] = [], test: (value: string) => boolean): boolean => values.every(test);
  const coversResource = (resource: string): boolean => {
    const at = resource.indexOf('/');
    return includes(resources, resource) || (at > 0 && resources.includes(`*${resource.slice(at)}`));
  };
  return (
    isEvery(part.verbs, (verb) => includes(verbs, verb)) &&
    isEvery(part.apiGroups, (group) => includes(apiGroups, group)) &&
    isEvery(part.resources, coversResource) &&
    (resourceNames.length === 0 ||
      (part.resourceNames !== undefined && isEvery(part.resourceNames, (name) => resourceNames.includes(name)))) &&
    isEvery(part.nonResourceURLs, (path) => nonResourceURLs.some((url) => coversUrl(url, path)))
  );
}

/** Parts as texts in order; those that differ in nothing but the verb are one. */
export function describeParts(parts: readonly PolicyRule[]): readonly string[] {
  const byThing = new Map<string, PolicyRule>();
  for (const part of parts) {
    const isUrl = part.nonResourceURLs !== undefined;
    const key = JSON.stringify(isUrl ? part : { ...part, verbs: [] });
    const known = byThing.get(key);
    byThing.set(key, known === undefined ? part : { ...known, verbs: [...(known.verbs ?? []), ...(part.verbs ?? [])] });
  }
  return [...new Set([...byThing.values()].map(describePart))].sort(compareText);
}

function describePart({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const lists = {
    APIGroups: apiGroups,
    Resources: resources,
    NonResourceURLs: nonResourceURLs,
    ResourceNames: resourceNames,
    Verbs: verbs,
  };
  const parts = Object.entries(lists).flatMap(([name, values = []]) => (values.length === 0 ? [] : [`${name}:${quoteAll(values)}`]));
  return `{${parts.join(', ')}}`;
}

/** As Go prints a list of texts in quotes. */
export function quoteAll(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;
}
