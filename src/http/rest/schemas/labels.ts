// Labels of clusters, with the syntax and the selectors of Kubernetes.

import { z } from '@hono/zod-openapi';
import { isEverything, matchesSelector, parseSelector, type Selector } from '../../../engine/apimachinery/labels.ts';
import { labelValueProblems, qualifiedNameProblems } from '../../../engine/apimachinery/names.ts';
import { refuseValue } from './common.ts';

const LABELS_MAX = 64;

/** Labels that a cluster is given. */
export const labelsSchema = z
  .record(z.string(), z.string({ error: 'must be a text' }))
  .superRefine((labels, context) => {
    const entries = Object.entries(labels);
    if (entries.length > LABELS_MAX) context.addIssue({ code: 'custom', message: `must be at most ${LABELS_MAX} labels` });
    for (const [key, value] of entries)
      for (const message of [...qualifiedNameProblems(key), ...labelValueProblems(value)])
        context.addIssue({ code: 'custom', path: [key], message });
  })
  .openapi('Labels', {
    description:
      'Labels of the cluster, with the syntax of Kubernetes, by which lists and deletions select. They are no part of its history.',
    example: { course: 'k8s-101', team: 'blue' },
  });

const selectorText = z.string({ error: 'must be given once' });

function parse(text: string, context: z.core.$RefinementCtx): Selector {
  const parsed = parseSelector(text);
  return parsed.ok ? parsed.value : refuseValue(context, parsed.error);
}

const described = {
  type: 'string',
  description: 'A label selector of Kubernetes: `course=k8s-101,team in (blue,red),!keep`.',
  example: 'course=k8s-101',
} as const;

/** A selector that selects something in particular. */
export const labelSelectorSchema = selectorText
  .transform((text, context) => {
    const parsed = parseSelector(text);
    if (!parsed.ok) return refuseValue(context, parsed.error);
    return isEverything(parsed.value) ? refuseValue(context, 'must name a label') : parsed.value;
  })
  .openapi({ ...described });

/** A selector that may select everything. */
export const anySelectorSchema = selectorText.transform(parse).openapi({ ...described });

/** Whether a cluster with these labels is meant. */
export function selects(selector: Selector): (labels: Readonly<Record<string, string>>) => boolean {
  return (labels) => matchesSelector(selector, labels);
}
