// The short form in which the bootstrap policy is written: words of a list are divided by single spaces, and the core group is no letter.

import type { PolicyRule } from '../../../kinds/shared/rbac.ts';

export const READ = 'get list watch';
export const WRITE = 'create delete deletecollection patch update';
export const ALL_VERBS = 'create delete deletecollection get list patch update watch';
/** What makes, repeats and counts Events. */
export const NOTE = 'create patch update';
export const EVENTS = rule(NOTE, ' events.k8s.io', 'events');

/** A rule about resources. */
export function rule(verbs: string, apiGroups: string, resources: string, resourceNames?: string): PolicyRule {
  return {
    verbs: verbs.split(' '),
    apiGroups: apiGroups.split(' '),
    resources: resources.split(' '),
    ...(resourceNames === undefined ? {} : { resourceNames: resourceNames.split(' ') }),
  };
}

/** A rule about paths that are no resources. */
export function urls(verbs: string, nonResourceURLs: string): PolicyRule {
  return { verbs: verbs.split(' '), nonResourceURLs: nonResourceURLs.split(' ') };
}
