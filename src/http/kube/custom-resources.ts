// There are no custom resources in a simulated cluster. Clients that meet a kind they do not know ask for the definitions, though, and say what
// is wrong only when they get the (empty) list. Rule: B11.

import { answerJsonText } from './answer.ts';
import { encodeList } from './encode.ts';
import type { ResourcePath } from './path.ts';

const DEFINITIONS = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions', kind: 'CustomResourceDefinition' };

/** Whether a request lists the definitions of custom resources. */
export function isDefinitionList(path: ResourcePath, method: string): boolean {
  const { group, version, plural } = DEFINITIONS;
  return method === 'GET' && path.group === group && path.version === version && path.resource === plural && path.name === undefined;
}

/** The list of them: empty. */
export function answerDefinitionList(revision: number): Response {
  const { group, version, kind } = DEFINITIONS;
  return answerJsonText(encodeList({ kind, apiVersion: `${group}/${version}` }, [], { resourceVersion: String(revision) }));
}
