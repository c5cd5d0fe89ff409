// The behaviour that a user gives a container: by the annotation of its pod, else by the cluster's own entry for its image (docs/contract.md, section 5).

import { memoize } from '../../apimachinery/memoize.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Behavior, BEHAVIOR_ANNOTATION_PREFIX, type ParsedBehavior, parseAnnotationText } from '../../kinds/shared/behavior.ts';
import { ownBehavior } from './catalogue.ts';

/** What a user says of a container; undefined when nothing. */
export function givenBehavior(state: ClusterState, pod: Pod, container: Container): Behavior | undefined {
  const annotation = pod.metadata.annotations?.[`${BEHAVIOR_ANNOTATION_PREFIX}${container.name}`];
  const parsed = annotation === undefined ? undefined : parseAnnotation(annotation, container.name);
  return parsed?.ok === true ? parsed.behavior : ownBehavior(state, container.image);
}

/** Reads the behaviour annotation of a container. */
export function parseAnnotation(text: string, container: string): ParsedBehavior {
  return parseKeyed(`${container}\n${text}`);
}

const parseKeyed = memoize((keyed): ParsedBehavior => {
  const at = keyed.indexOf('\n');
  return parseAnnotationText(keyed.slice(at + 1), `metadata.annotations[${BEHAVIOR_ANNOTATION_PREFIX}${keyed.slice(0, at)}]`);
});
