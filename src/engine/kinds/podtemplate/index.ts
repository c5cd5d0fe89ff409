// The kind PodTemplate. Upstream: pkg/registry/core/podtemplate/strategy.go, printers.go printPodTemplate (v1.33). Rules: F6, N8, O6.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Kind } from '../kind.ts';
import { warnAboutWorkload } from '../shared/pod-warnings.ts';
import { column, labelsCell, NAME_COLUMN } from '../shared/columns.ts';
import { validatePodTemplate } from '../shared/pod-validation.ts';
import { applyTemplateDefaults } from '../shared/template.ts';
import type { PodTemplateSpec } from '../shared/types.ts';

export interface PodTemplate extends KubeObject {
  readonly template: PodTemplateSpec;
}

export const podTemplateKind: Kind<PodTemplate> = {
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  singular: 'podtemplate',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'core.v1.PodTemplate',
  nameFormat: 'subdomain',
  generation: 'all-but-status',
  hasStatus: false,
  applyDefaults: (draft) => applyTemplateDefaults(draft.template),
  validate: ({ template }) => validatePodTemplate(template, 'template'),
  warnings: warnAboutWorkload(({ template }) => template, 'template', false),
  columns: [NAME_COLUMN, column('Containers'), column('Images'), column('Pod Labels')],
  cells: ({ metadata, template }) => [
    metadata.name,
    template.spec.containers.map(({ name }) => name).join(','),
    template.spec.containers.map(({ image }) => image).join(','),
    labelsCell(template.metadata?.labels),
  ],
};
