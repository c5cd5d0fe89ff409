// What an explanation is made of: sentences about one object, each with what proves it and what would change it. A situation looks at the state
// and says nothing where it does not hold; it guesses nothing, stores nothing and changes nothing.

import type { Condition, KubeObject } from '../../apimachinery/meta.ts';
import { EXPLANATION_NAMES_MAX } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';

/** An object, a field of it, or an event, that proves a finding. */
export interface Reference {
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
  /** Where in the object, as `kubectl explain` writes it. */
  readonly field?: string;
  /** What stands there. */
  readonly value?: string;
}

export interface Finding {
  /** Kebab case; clients may rely on it. */
  readonly code: string;
  readonly sentence: string;
  readonly because: readonly Reference[];
  /** What a user can do, if anything. */
  readonly wouldChange?: string;
  readonly documentation: string;
}

export type Situation<T extends KubeObject> = (state: ClusterState, object: T) => readonly Finding[];

export const NOTHING: readonly Finding[] = [];

/** A page of the Kubernetes documentation. */
export function page(path: string): string {
  return `https://kubernetes.io/docs/${path}`;
}

/** A reference to an object, or to a field of it. */
export function refer<T extends KubeObject>(kind: Kind<T>, object: KubeObject, field?: string, value?: string): Reference {
  const { namespace, name } = object.metadata;
  return {
    resource: resourceOf(kind),
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(field === undefined ? {} : { field }),
    ...(value === undefined ? {} : { value }),
  };
}

/** A condition of an object's status. */
export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  const status = object['status'] as { readonly conditions?: readonly Condition[] } | undefined;
  return status?.conditions?.find((condition) => condition.type === type);
}

/** `a`, `a and b`, `a, b and c`, or the first ones `and 7 more`. */
export function listed(items: readonly string[]): string {
  const shown =
    items.length > EXPLANATION_NAMES_MAX
      ? [...items.slice(0, EXPLANATION_NAMES_MAX - 1), `${items.length - EXPLANATION_NAMES_MAX + 1} more`]
      : items;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `1 pod`, `2 pods`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `a=b, c=d`. */
export function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? 'no labels' : pairs.join(', ');
}

/** What somebody said, as a sentence of its own or as the end of one: without its full stop. */
export function quoted(message: string | undefined): string {
  return (message ?? '').replace(/[.\s]+$/, '');
}
