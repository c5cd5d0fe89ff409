// The grammar of `kubectl wait --for`: create, delete, condition=<type>[=<value>], jsonpath={...}[=<value>], and its evaluation.
// Upstream: staging/src/k8s.io/kubectl/pkg/cmd/wait/{wait,condition,json,delete,create}.go (v1.33).

import type { Condition, KubeObject } from '../apimachinery/meta.ts';
import { selectStored } from '../apiserver/read/list.ts';
import type { Selection } from '../apiserver/read/selection.ts';
import type { ClusterState } from '../kernel/state.ts';
import { evaluateJsonPath, type JsonPath, parseJsonPath } from '../apimachinery/json-path.ts';

export type WaitFor =
  | { readonly kind: 'create' }
  | { readonly kind: 'delete' }
  | { readonly kind: 'condition'; readonly type: string; readonly value: string }
  | { readonly kind: 'jsonpath'; readonly path: JsonPath; readonly value: string | undefined };

export interface WaitCondition {
  readonly for: WaitFor;
  /** The objects that it is about. */
  readonly selection: Selection;
}

/** Parses the value of `--for`; a string result is the error. */
export function parseWaitFor(text: string): WaitFor | string {
  const lower = text.toLowerCase();
  if (lower === 'create') return { kind: 'create' };
  if (lower === 'delete') return { kind: 'delete' };
  if (text.startsWith('condition=')) return parseConditionFor(text.slice('condition='.length));
  if (text.startsWith('jsonpath=')) return parseJsonPathFor(text.slice('jsonpath='.length));
  return `unrecognized condition: ${JSON.stringify(text)}`;
}

/** True when every selected object satisfies the condition; false while none is selected, except for `delete`. */
export function isConditionMet(state: ClusterState, condition: WaitCondition): boolean {
  const objects = selectStored(state, condition.selection);
  switch (condition.for.kind) {
    case 'create':
      return objects.length > 0;
    case 'delete':
      return objects.length === 0;
    default:
      return objects.length > 0 && objects.every((object) => isMetBy(object, condition.for));
  }
}

/** Whether an object has what is waited for: a condition or a value; creation and deletion are the affair of its presence. */
export function isMetBy(object: KubeObject, wanted: WaitFor): boolean {
  if (wanted.kind === 'jsonpath') {
    const values = evaluateJsonPath(wanted.path, object);
    if (values.length !== 1) return false;
    const value = values[0];
    if (wanted.value === undefined) return value !== undefined && value !== null && value !== '';
    return (typeof value !== 'object' || value === null) && String(value) === wanted.value;
  }
  if (wanted.kind !== 'condition') return false;
  const status = object['status'] as { conditions?: readonly Condition[]; observedGeneration?: number } | undefined;
  const found = status?.conditions?.find((item) => item.type.toLowerCase() === wanted.type.toLowerCase());
  if (found === undefined) return false;
  const observed = found.observedGeneration ?? status?.observedGeneration;
  if (observed !== undefined && observed < (object.metadata.generation ?? 0)) return false;
  return found.status.toLowerCase() === wanted.value.toLowerCase();
}

function parseConditionFor(text: string): WaitFor | string {
  const at = text.indexOf('=');
  const type = at < 0 ? text : text.slice(0, at);
  if (type === '') return 'a condition type is required: condition=<type>[=<value>]';
  return { kind: 'condition', type, value: at < 0 ? 'true' : text.slice(at + 1) };
}

function parseJsonPathFor(text: string): WaitFor | string {
  const match = /^\{(.*)\}(?:=(.*))?$/s.exec(text) ?? /^([^{=][^=]*)(?:=(.*))?$/s.exec(text);
  if (match === null)
    return `jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'`;
  const path = parseJsonPath(match[1] as string);
  if (typeof path === 'string') return path;
  const value = match[2]?.replace(/^(['"])(.*)\1$/s, '$2');
  if (value === '') return 'jsonpath wait has to have a value after equal sign';
  return { kind: 'jsonpath', path, value };
}
