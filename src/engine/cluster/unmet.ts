// What an advance tells that gave up on a condition: the object that comes closest, how it is, and why.

import { isDeleting, type Condition, type KubeObject } from '../apimachinery/meta.ts';
import { resourceOf } from '../kinds/kind.ts';
import type { ClusterState } from '../kernel/state.ts';
import { evaluateJsonPath } from '../apimachinery/json-path.ts';
import { explainObject } from '../history/explain/index.ts';
import type { Finding } from '../history/explain/finding.ts';
import { isMetBy, selectObjects, type WaitCondition } from './wait-condition.ts';

export interface Unmet {
  /** Absent where nothing is selected. */
  readonly nearest?: { readonly resource: string; readonly namespace?: string; readonly name: string; readonly state: string };
  readonly explanation: readonly Finding[];
}

/** Why a condition does not hold now. */
export function explainUnmet(state: ClusterState, condition: WaitCondition): Unmet {
  const { kind } = condition;
  const nearest = nearestOf(selectObjects(state, condition), condition);
  if (nearest === undefined) return { explanation: [nothingSelected(condition)] };
  const { namespace, name } = nearest.metadata;
  return {
    nearest: { resource: resourceOf(kind), ...(namespace === undefined ? {} : { namespace }), name, state: describe(nearest, condition) },
    explanation: explainObject(state, kind, nearest),
  };
}

/** Of the objects that do not meet it, the oldest; one of which the condition says something at all comes before the others. */
function nearestOf(objects: readonly KubeObject[], condition: WaitCondition): KubeObject | undefined {
  const unmet = objects.filter((object) => !isMetBy(object, condition.for));
  return unmet.find((object) => conditionIn(object, condition) !== undefined) ?? unmet[0];
}

function conditionIn(object: KubeObject, { for: wanted }: WaitCondition): Condition | undefined {
  if (wanted.kind !== 'condition') return undefined;
  const status = object['status'] as { readonly conditions?: readonly Condition[] } | undefined;
  return status?.conditions?.find(({ type }) => type.toLowerCase() === wanted.type.toLowerCase());
}

/** `Ready is False (ContainersNotReady) since 2025-01-01T00:00:05Z`. */
function describe(object: KubeObject, condition: WaitCondition): string {
  const wanted = condition.for;
  switch (wanted.kind) {
    case 'condition': {
      const found = conditionIn(object, condition);
      if (found === undefined) return `it has no condition ${wanted.type}`;
      const { type, status, reason, lastTransitionTime } = found;
      return `${type} is ${status}${(reason ?? '') === '' ? '' : ` (${reason})`}${(lastTransitionTime ?? '') === '' ? '' : ` since ${lastTransitionTime}`}`;
    }
    case 'jsonpath': {
      const values = evaluateJsonPath(wanted.path, object);
      return values.length === 0
        ? 'the path leads to nothing'
        : `the path leads to ${values.map((value) => JSON.stringify(value)).join(', ')}`;
    }
    default:
      return isDeleting(object) ? `it is being deleted since ${object.metadata.deletionTimestamp}` : 'it is not being deleted';
  }
}

function nothingSelected({ kind, namespace, name }: WaitCondition): Finding {
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  return {
    code: name === undefined ? 'nothing-selected' : 'not-there',
    sentence: name === undefined ? `No ${kind.plural}${where} are selected.` : `There is no ${kind.plural}/${name}${where}.`,
    because: [],
    wouldChange: name === undefined ? 'Create what is to be selected, or correct the selector.' : 'Create it.',
    documentation: 'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_wait/',
  };
}
