// What an advance tells that gave up on a condition: the object that comes closest, how it is, and why.

import { isDeleting, type Condition, type KubeObject } from '../apimachinery/meta.ts';
import { selectStored } from '../apiserver/read/list.ts';
import { selectedName, type Selection } from '../apiserver/read/selection.ts';
import { resourceOf } from '../kinds/kind.ts';
import type { ClusterState } from '../kernel/state.ts';
import { evaluateJsonPath } from '../apimachinery/json-path.ts';
import { explainObject } from '../history/explain/index.ts';
import { type Finding, findingInWords, type Unsaid } from '../history/explain/finding.ts';
import { type Language, LANGUAGE_DEFAULT } from '../history/words/languages.ts';
import { inWords, type Message, say } from '../history/words/message.ts';
import { isMetBy, type WaitCondition } from './wait-condition.ts';

export interface Unmet {
  /** Absent where nothing is selected. */
  readonly nearest?: { readonly resource: string; readonly namespace?: string; readonly name: string; readonly state: string };
  readonly explanation: readonly Finding[];
}

/** Why a condition does not hold now. */
export function explainUnmet(state: ClusterState, condition: WaitCondition, language: Language = LANGUAGE_DEFAULT): Unmet {
  const { selection } = condition;
  const { kind } = selection;
  const nearest = nearestOf(selectStored(state, selection), condition);
  if (nearest === undefined) return { explanation: [findingInWords(nothingSelected(selection), language)] };
  const { namespace, name } = nearest.metadata;
  const standing = inWords(describe(nearest, condition), language);
  return {
    nearest: { resource: resourceOf(kind), ...(namespace === undefined ? {} : { namespace }), name, state: standing },
    explanation: explainObject(state, kind, nearest, language),
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
function describe(object: KubeObject, condition: WaitCondition): Message {
  const wanted = condition.for;
  switch (wanted.kind) {
    case 'condition': {
      const found = conditionIn(object, condition);
      if (found === undefined) return say('noCondition', { type: wanted.type });
      const { type, status, reason, lastTransitionTime } = found;
      return say('conditionIs', { type, status, reason: reason ?? '', since: lastTransitionTime ?? '' });
    }
    case 'jsonpath': {
      const values = evaluateJsonPath(wanted.path, object);
      return values.length === 0 ? say('pathLeadsNowhere') : say('pathLeadsTo', { values: values.map((value) => JSON.stringify(value)) });
    }
    default:
      return isDeleting(object) ? say('deletedSince', { since: object.metadata.deletionTimestamp ?? '' }) : say('notDeleted');
  }
}

function nothingSelected(selection: Selection): Unsaid {
  const { kind, namespace } = selection;
  const name = selectedName(selection);
  return {
    code: name === undefined ? 'nothing-selected' : 'not-there',
    sentence:
      name === undefined
        ? say('nothingSelected', { resource: kind.plural, namespace })
        : say('notThere', { name: `${kind.plural}/${name}`, namespace }),
    because: [],
    wouldChange: say(name === undefined ? 'createOrSelect' : 'createIt'),
    documentation: 'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_wait/',
  };
}
