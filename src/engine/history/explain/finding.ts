// What an explanation is made of: sentences about one object, each with what proves it and what would change it. A situation looks at the state
// and says nothing where it does not hold; it guesses nothing, stores nothing and changes nothing.

import type { Condition, KubeObject } from '../../apimachinery/meta.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';
import type { Language } from '../words/languages.ts';
import { inWords, type Message } from '../words/message.ts';

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

export interface Finding<Sentence = string, Advice = string> {
  /** Kebab case; clients may rely on it. */
  readonly code: string;
  readonly sentence: Sentence;
  readonly because: readonly Reference[];
  /** What a user can do, if anything. */
  readonly wouldChange?: Advice;
  readonly documentation: string;
}

/** A finding before it is put into the words of a language; a command is the same in each. */
export type Unsaid = Finding<Message, Message | `kubectl ${string}`>;

export type Situation<T extends KubeObject> = (state: ClusterState, object: T) => readonly Unsaid[];

export const NOTHING: readonly Unsaid[] = [];

/** A finding in the words of a language; its members stay in their order. */
export function findingInWords(unsaid: Unsaid, language: Language): Finding {
  const sentence = inWords(unsaid.sentence, language);
  const { wouldChange } = unsaid;
  return { ...unsaid, sentence, ...(wouldChange === undefined ? {} : { wouldChange: inWords(wouldChange, language) }) } as Finding;
}

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

/** `a=b, c=d`. */
export function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/** What somebody said, as a sentence of its own or as the end of one: without its full stop. */
export function quoted(message: string | undefined): string {
  return (message ?? '').replace(/[.\s]+$/, '');
}
