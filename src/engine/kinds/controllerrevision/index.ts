// The kind ControllerRevision. Upstream: pkg/registry/apps/controllerrevision/strategy.go, printers.go printControllerRevision (v1.33).
// Rules: C409, C432, N1.

import { type FieldError, goText, invalid, required } from '../../apimachinery/field-errors.ts';
import { controllerOf, isJsonEqual } from '../../apimachinery/meta.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { ControllerRevision } from './types.ts';

export const controllerRevisionKind: Kind<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'apps.v1.ControllerRevision',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  applyDefaults(draft) {
    draft.revision ??= 0;
  },
  validate(revision) {
    const errors: FieldError[] = [];
    if (revision.revision < 0) errors.push(invalid('revision', revision.revision, 'must be greater than or equal to 0'));
    if (revision.data === undefined) errors.push(required('data', 'data is mandatory'));
    return errors;
  },
  validateUpdate: (revision, previous) =>
    isJsonEqual(revision.data, previous.data) ? [] : [invalid('data', goText(JSON.stringify(revision.data)), 'field is immutable')],
  columns: [NAME_COLUMN, column('Controller'), column('Revision', 'integer'), AGE_COLUMN],
  cells: (revision, nowMs) => [revision.metadata.name, controllerCell(revision), revision.revision, ageOf(revision, nowMs)],
};

/** `statefulset.apps/web`. */
function controllerCell(revision: ControllerRevision): string {
  const controller = controllerOf(revision);
  if (controller === undefined) return '<none>';
  const [group = ''] = controller.apiVersion.includes('/') ? controller.apiVersion.split('/') : [];
  return `${controller.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${controller.name}`;
}
