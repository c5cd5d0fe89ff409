// The behaviour that a user gives a container: by the annotation of its pod, else by the cluster's own entry for its image (docs/contract.md, section 5).

import { isJsonEqual } from '../../apimachinery/meta.ts';
import { memoize } from '../../apimachinery/memoize.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import {
  type Behavior,
  BEHAVIOR_ANNOTATION_PREFIX,
  BEHAVIOR_DEFAULT,
  type ParsedBehavior,
  parseAnnotationText,
} from '../../kinds/shared/behavior.ts';
import { catalogueEntry, ownBehavior } from '../images/catalogue.ts';

/** What a user says that a container does; undefined when nothing. */
export function givenBehavior(state: ClusterState, pod: Pod, container: Container): Behavior | undefined {
  const annotated = annotatedBehavior(pod, container);
  if (annotated !== undefined) return annotated;
  const own = ownBehavior(state, container.image);
  if (own === undefined || isAboutUse(own)) return undefined;
  return own.ports.length > 0 ? own : { ...own, ports: [...catalogueEntry(container.image).ports] };
}

/** K929: what a cluster says that an image uses, where it says nothing of what it does. */
export function givenUse(state: ClusterState, pod: Pod, container: Container): Pick<Behavior, 'cpu' | 'memory'> | undefined {
  if (annotatedBehavior(pod, container) !== undefined) return undefined;
  const own = ownBehavior(state, container.image);
  return own !== undefined && isAboutUse(own) ? { cpu: own.cpu, memory: own.memory } : undefined;
}

function annotatedBehavior(pod: Pod, container: Container): Behavior | undefined {
  const annotation = pod.metadata.annotations?.[`${BEHAVIOR_ANNOTATION_PREFIX}${container.name}`];
  const parsed = annotation === undefined ? undefined : parseAnnotation(annotation, container.name);
  return parsed?.ok === true ? parsed.behavior : undefined;
}

/** Whether a behaviour says what an image uses and how it is pulled, and nothing else. */
function isAboutUse({ cpu: _cpu, memory: _memory, pull: _pull, ...rest }: Behavior): boolean {
  return isJsonEqual(rest, ABOUT_NOTHING);
}

const { cpu: _cpu, memory: _memory, pull: _pull, ...ABOUT_NOTHING } = BEHAVIOR_DEFAULT;

/** Reads the behaviour annotation of a container. */
export function parseAnnotation(text: string, container: string): ParsedBehavior {
  return parseKeyed(`${container}\n${text}`);
}

const parseKeyed = memoize((keyed): ParsedBehavior => {
  const at = keyed.indexOf('\n');
  return parseAnnotationText(keyed.slice(at + 1), `metadata.annotations[${BEHAVIOR_ANNOTATION_PREFIX}${keyed.slice(0, at)}]`);
});
