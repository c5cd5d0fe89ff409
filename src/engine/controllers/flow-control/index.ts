// Keeps the flow schemas and priority levels that every API server has (M11), and says which schemas name a level that does not exist.
// Upstream: pkg/registry/flowcontrol/{rest,ensurer}, apiserver/pkg/util/flowcontrol/apf_controller.go (v1.33). Rule: C941.
// Deviation: what was deleted or changed comes back at once, not within a minute.

import { formatTime } from '../../apimachinery/time.ts';
import { cloneJson, isJsonEqual } from '../../apimachinery/meta.ts';
import { createObject, getObject, listByTerm, writeObject, writeStatus } from '../../apiserver/api.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { DANGLING, flowSchemaKind, levelTerm } from '../../kinds/flowschema/index.ts';
import type { FlowSchema } from '../../kinds/flowschema/types.ts';
import { apiVersionOf, type Kind, type NewObject, resourceOf } from '../../kinds/kind.ts';
import { type PriorityLevelConfiguration, priorityLevelConfigurationKind } from '../../kinds/prioritylevelconfiguration/index.ts';
import { AUTO_UPDATE_ANNOTATION, FLOW_SCHEMAS, type FlowCondition, PRIORITY_LEVELS } from '../../kinds/shared/flow-control.ts';

const NAME = 'flow-control';
/** Uids of what every server has are drawn apart, as at the first instant. */
const UIDS = 'uids:classes';

export const flowControlController: Component = {
  name: NAME,
  watches: {
    [resourceOf(flowSchemaKind)]: (state, change) => enqueue(state, NAME, `schema/${change.object.metadata.name}`),
    [resourceOf(priorityLevelConfigurationKind)]: (state, change) => {
      const { name } = change.object.metadata;
      enqueue(state, NAME, `level/${name}`);
      if (change.type !== 'MODIFIED')
        for (const schema of listByTerm(state, flowSchemaKind, levelTerm(name))) enqueue(state, NAME, `schema/${schema.metadata.name}`);
    },
  },
  reconcile(state, key) {
    const [type = '', name = ''] = key.split('/');
    if (type === 'level') ensure(state, priorityLevelConfigurationKind, name, PRIORITY_LEVELS);
    else {
      ensure(state, flowSchemaKind, name, FLOW_SCHEMAS);
      judge(state, name);
    }
  },
  timers: {},
};

/** The objects of an empty cluster. */
export function createFlowControl(state: ClusterState): void {
  for (const name of Object.keys(PRIORITY_LEVELS)) ensure(state, priorityLevelConfigurationKind, name, PRIORITY_LEVELS);
  for (const name of Object.keys(FLOW_SCHEMAS)) ensure(state, flowSchemaKind, name, FLOW_SCHEMAS);
}

/** C941: what is missing is made; what still says that it is the server's has the server's specification. */
function ensure<T extends FlowSchema | PriorityLevelConfiguration>(
  state: ClusterState,
  kind: Kind<T>,
  name: string,
  specs: Readonly<Record<string, T['spec']>>,
): void {
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) return;
  const present = getObject(state, kind, undefined, name);
  if (present === undefined) {
    const metadata = { name, annotations: { [AUTO_UPDATE_ANNOTATION]: 'true' } };
    const status = 'matchingPrecedence' in spec ? { conditions: [conditionOf(state, spec.priorityLevelConfiguration.name)] } : {};
    const manifest = cloneJson({ kind: kind.kind, apiVersion: apiVersionOf(kind), metadata, spec, status });
    // The status comes with it.
    const { prepareForCreate: _resetsStatus, ...kept } = kind;
    createObject(state, kept, manifest as NewObject<T>, { trusted: true, uidStream: UIDS });
  } else if (present.metadata.annotations?.[AUTO_UPDATE_ANNOTATION] === 'true' && !isJsonEqual(present.spec, spec))
    writeObject(state, kind, { ...present, spec });
}

/** Whether the level of a schema exists. */
function judge(state: ClusterState, name: string): void {
  const schema = getObject(state, flowSchemaKind, undefined, name);
  if (schema === undefined || schema.metadata.deletionTimestamp !== undefined) return;
  const next = conditionOf(state, schema.spec.priorityLevelConfiguration.name);
  const { conditions = [] } = schema.status;
  const before = conditions.find(({ type }) => type === DANGLING);
  if (before !== undefined && before.status === next.status && before.reason === next.reason && before.message === next.message) return;
  writeStatus(state, flowSchemaKind, schema, { conditions: [...conditions.filter(({ type }) => type !== DANGLING), next] });
}

function conditionOf(state: ClusterState, level: string): FlowCondition {
  const exists = getObject(state, priorityLevelConfigurationKind, undefined, level) !== undefined;
  const head = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  const lastTransitionTime = formatTime(state.nowMs);
  if (exists) return { type: DANGLING, status: 'False', lastTransitionTime, reason: 'Found', message: `${head} and it exists` };
  return { type: DANGLING, status: 'True', lastTransitionTime, reason: 'NotFound', message: `${head} but there is no such object` };
}
