// Pods and changes of pods against what the validation of Kubernetes 1.33.3 says of them (test/recordings/validation): every error, its field and its
// place in the list. `check` is the function of pkg/apis/core/validation that a row is about. Addresses of pointers are all the same in the
// recording, and the difference that follows some messages in further lines is left out.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { FieldError } from '../../../src/engine/apimachinery/field-errors.ts';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { draftObject } from '../../../src/engine/apiserver/write/draft.ts';
import { podKind } from '../../../src/engine/kinds/pod/index.ts';
import type { Kind } from '../../../src/engine/kinds/kind.ts';
import type { Pod, PodSpec } from '../../../src/engine/kinds/shared/pod-spec.ts';
import { applyTemplateDefaults } from '../../../src/engine/kinds/shared/template.ts';
import { validatePodTemplate } from '../../../src/engine/kinds/shared/pod-validation.ts';
import type { PodTemplateSpec } from '../../../src/engine/kinds/shared/types.ts';

interface Recorded {
  readonly check: string;
  readonly pod: JsonObject;
  readonly errors: readonly string[];
}

interface RecordedUpdate extends Recorded {
  readonly old: JsonObject;
  readonly subresource: string;
}

function read<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../../recordings/validation/${name}.json`, import.meta.url), 'utf8')) as T[];
}

/** The pod as it stands before validation: decoded, with its defaults, and without what admission adds. */
function podOf(body: JsonObject, resourceVersion: string): Pod {
  const request = { verb: 'create', resource: 'pods', namespace: 'default', body, options: {} } as const;
  const drafted = draftObject(podKind as unknown as Kind, request, structuredClone(body));
  if (!drafted.ok) throw new Error(drafted.status.message);
  const draft = drafted.draft as unknown as Parameters<typeof podKind.applyDefaults>[0];
  podKind.applyDefaults(draft);
  return { ...draft, metadata: { ...draft.metadata, resourceVersion } } as Pod;
}

function textsOf(errors: readonly FieldError[]): readonly string[] {
  return errors.map(({ field, message }) => `${field}: ${message}`.replace(/\n[^]*$/, ''));
}

/** Titles of rows: the check, and which of its rows it is. */
function titled<T extends Recorded>(rows: readonly T[]): readonly [string, T][] {
  return rows.map((row, index) => [`P4 ${row.check} ${index}: ${row.errors.length}`, row]);
}

describe('a new pod', () => {
  it.each(titled(read<Recorded>('pods')))('%s', (_title, { pod, errors }) => {
    expect(textsOf(podKind.validate(podOf(pod, '')))).toEqual(errors);
  });
});

describe('P4 A8 warnings about a pod', () => {
  it.each(
    read<{ readonly pod: JsonObject; readonly warnings: readonly string[] }>('pod-warnings').map((row, index) => [index, row] as const),
  )('%i', (_index, { pod, warnings }) => {
    expect(podKind.warnings?.(podOf(pod, ''), undefined)).toEqual(warnings);
  });
});

describe('a changed pod', () => {
  it.each(titled(read<RecordedUpdate>('pod-updates')))('I7 %s', (_title, { pod, old, subresource, errors }) => {
    const next = podOf(pod, '1');
    const own = subresource === '' ? podKind.validate(next) : [];
    expect(textsOf([...own, ...(podKind.validateUpdate?.(next, podOf(old, '1'), subresource) ?? [])])).toEqual(errors);
  });
});

describe('P4 a template', () => {
  it.each<[string, string, readonly string[]]>([
    ['ports of the node are left to the pods', '{hostNetwork: true, containers: [{name: m, image: x, ports: [{containerPort: 80}]}]}', []],
    [
      'unless they are others',
      '{hostNetwork: true, containers: [{name: m, image: x, ports: [{containerPort: 80, hostPort: 1}]}]}',
      ['template.spec.containers[0].ports[0].hostPort: Invalid value: 1: must match `containerPort` when `hostNetwork` is true'],
    ],
    ['images may have spaces around them', '{containers: [{name: m, image: " x "}]}', []],
    [
      'no ephemeral containers',
      '{containers: [{name: m, image: x}], ephemeralContainers: [{name: e, image: x}]}',
      ['template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template'],
    ],
  ])('%s', (_title, text, errors) => {
    const template = { metadata: {}, spec: parse(text) as PodSpec } as PodTemplateSpec;
    applyTemplateDefaults(template as Parameters<typeof applyTemplateDefaults>[0]);
    expect(textsOf(validatePodTemplate(template, 'template'))).toEqual(errors);
  });

  it('labels and annotations', () => {
    const metadata = { labels: { '-': 'a' }, annotations: { '/a': 'b', 'controller.kubernetes.io/pod-deletion-cost': 'x' } };
    const template = { metadata, spec: { containers: [{ name: 'm', image: 'x' }] } } as unknown as PodTemplateSpec;
    applyTemplateDefaults(template as Parameters<typeof applyTemplateDefaults>[0]);
    expect(validatePodTemplate(template, 'template').map(({ field }) => field)).toEqual([
      'template.labels',
      'template.annotations',
      'template.annotations[controller.kubernetes.io/pod-deletion-cost]',
    ]);
  });
});
