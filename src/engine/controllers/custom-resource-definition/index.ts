// Accepts the names of CustomResourceDefinitions, establishes them, and deletes the instances of those that are being deleted.
// Upstream: apiextensions-apiserver/pkg/controller/{status/naming_controller,establish/establishing_controller,finalizer/crd_finalizer}.go (v1.33).
// Rules: B9, L6.

import { formatTime } from '../../apimachinery/time.ts';
import { deleteObject, getObject, listObjects, writeObject, writeStatus } from '../../apiserver/api.ts';
import type { Component } from '../../kernel/component.ts';
import { CUSTOM_RESOURCES } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { customResourceDefinitionKind } from '../../kinds/customresourcedefinition/index.ts';
import { customKindsOf } from '../../kinds/customresourcedefinition/resource.ts';
import {
  CLEANUP_FINALIZER,
  type CustomResourceDefinition,
  isConditionTrue,
  withCondition,
} from '../../kinds/customresourcedefinition/types.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { nameConflict } from './names.ts';

const NAME = 'custom-resource-definition';

export const customResourceDefinitionController: Component = {
  name: NAME,
  watches: {
    [resourceOf(customResourceDefinitionKind)]: (state, change) => {
      if (change.type !== 'DELETED') enqueue(state, NAME, change.object.metadata.name);
      else for (const other of listObjects(state, customResourceDefinitionKind)) enqueue(state, NAME, other.metadata.name); // names are free again
    },
    // The last instance of a definition may be gone.
    [CUSTOM_RESOURCES]: (state, change) => {
      if (change.type === 'DELETED') enqueue(state, NAME, change.resource);
    },
  },
  reconcile,
  timers: {},
};

function reconcile(state: ClusterState, name: string): void {
  const definition = getObject(state, customResourceDefinitionKind, undefined, name);
  if (definition === undefined) return;
  if (definition.metadata.deletionTimestamp === undefined) establish(state, acceptNames(state, definition));
  else cleanUp(state, definition);
}

function setConditions(
  state: ClusterState,
  definition: CustomResourceDefinition,
  given: readonly (readonly [type: string, status: 'True' | 'False', reason: string, message: string])[],
  names = definition.status.acceptedNames,
): CustomResourceDefinition {
  const now = formatTime(state.nowMs);
  let { conditions } = definition.status;
  for (const [type, status, reason, message] of given) conditions = withCondition(conditions, { type, status, reason, message }, now);
  return writeStatus(state, customResourceDefinitionKind, definition, {
    conditions,
    acceptedNames: names,
    storedVersions: definition.status.storedVersions ?? [],
  });
}

/** Names are accepted unless another definition of the group has them. */
function acceptNames(state: ClusterState, definition: CustomResourceDefinition): CustomResourceDefinition {
  const conflict = nameConflict(definition, listObjects(state, customResourceDefinitionKind));
  const isEstablished = isConditionTrue(definition, 'Established');
  if (conflict !== undefined) {
    const established = isEstablished ? [] : [['Established', 'False', 'NotAccepted', 'not all names are accepted'] as const];
    return setConditions(state, definition, [['NamesAccepted', 'False', conflict.reason, conflict.message], ...established]);
  }
  const established = isEstablished ? [] : [['Established', 'False', 'Installing', 'the initial names have been accepted'] as const];
  const accepted = ['NamesAccepted', 'True', 'NoConflicts', 'no conflicts found'] as const;
  return setConditions(state, definition, [accepted, ...established], definition.spec.names);
}

function establish(state: ClusterState, definition: CustomResourceDefinition): void {
  if (isConditionTrue(definition, 'Established') || !isConditionTrue(definition, 'NamesAccepted')) return;
  setConditions(state, definition, [['Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted']]);
}

/** Deletes the instances; when there are none, the definition may go. */
function cleanUp(state: ClusterState, definition: CustomResourceDefinition): void {
  const { finalizers = [] } = definition.metadata;
  if (!finalizers.includes(CLEANUP_FINALIZER)) return;
  const [kind] = customKindsOf(definition);
  const instances = kind === undefined ? [] : listObjects(state, kind);
  let present = definition;
  if (kind !== undefined && instances.length > 0) {
    present = setConditions(state, definition, [
      ['Terminating', 'True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress'],
    ]);
    for (const { metadata } of instances) deleteObject(state, kind, metadata.namespace, metadata.name);
    if (listObjects(state, kind).length > 0) return;
  }
  present = setConditions(state, present, [['Terminating', 'False', 'InstanceDeletionCompleted', 'removed all instances']]);
  const { finalizers: _, ...metadata } = present.metadata;
  const left = finalizers.filter((finalizer) => finalizer !== CLEANUP_FINALIZER);
  writeObject(state, customResourceDefinitionKind, {
    ...present,
    metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left },
  });
}
