// The nodes a cluster begins with.

import { z } from '@hono/zod-openapi';
import { labelValueProblems, qualifiedNameProblems, subdomainProblems } from '../../../engine/apimachinery/names.ts';
import { compareQuantities, isWholeQuantity, parseQuantity } from '../../../engine/apimachinery/quantity.ts';
import { defaultNodes } from '../../../engine/cluster/index.ts';

/** Nodes a new cluster may have; as many as upstream is tested with. */
export const NODES_MAX = 5_000;

const LABELS_MAX = 100;

/** Adds what a name check of the engine finds. */
function check(problems: (text: string) => readonly string[]) {
  return (text: string, context: z.core.$RefinementCtx): void => {
    for (const message of problems(text)) context.addIssue({ code: 'custom', message });
  };
}

const labelsSchema = z
  .record(z.string(), z.string('must be a string').superRefine(check(labelValueProblems)))
  .superRefine((labels, context) => {
    for (const key of Object.keys(labels)) {
      for (const message of qualifiedNameProblems(key)) context.addIssue({ code: 'custom', path: [key], message: `the key: ${message}` });
    }
    if (Object.keys(labels).length > LABELS_MAX) context.addIssue({ code: 'custom', message: `must have at most ${LABELS_MAX} labels` });
  });

const taintSchema = z
  .strictObject({
    key: z.string().superRefine(check(qualifiedNameProblems)),
    value: z.string().superRefine(check(labelValueProblems)).optional(),
    effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], { error: 'must be NoSchedule, PreferNoSchedule or NoExecute' }),
  })
  .openapi('NodeTaint');

const taintsSchema = z.array(taintSchema).superRefine((taints, context) => {
  const seen = new Set<string>();
  taints.forEach((taint, index) => {
    const id = `${taint.key}:${taint.effect}`;
    if (seen.has(id)) context.addIssue({ code: 'custom', path: [index], message: `${id} is given more than once` });
    seen.add(id);
  });
});

const WHOLE_RESOURCES = /^pods$|^hugepages-|\//;

/** A quantity, given as text or number. */
const quantitySchema = z
  .union([z.string(), z.number()], { error: 'must be a quantity such as "4", "500m" or "16Gi"' })
  .transform((value, context) => {
    const text = String(value);
    const isValid = parseQuantity(text).ok && compareQuantities(text, '0') >= 0;
    if (!isValid) context.addIssue({ code: 'custom', message: `${JSON.stringify(value)} is not a quantity; write "4", "500m" or "16Gi"` });
    return text;
  })
  .openapi('Quantity');

/** What the document says of a quantity. */
export const quantityDescribed = z
  .string()
  .openapi('Quantity', { description: 'A Kubernetes quantity. A number is taken as well.', examples: ['4', '500m', '16Gi'] });

const capacitySchema = z
  .record(z.string(), quantitySchema)
  .superRefine((capacity, context) => {
    for (const [name, text] of Object.entries(capacity)) {
      for (const message of qualifiedNameProblems(name))
        context.addIssue({ code: 'custom', path: [name], message: `the name: ${message}` });
      if (WHOLE_RESOURCES.test(name) && !isWholeQuantity(text))
        context.addIssue({ code: 'custom', path: [name], message: 'must be a whole number' });
    }
  })
  .openapi({ description: 'Quantities by resource; default 4 cpu, 16Gi memory, 110 pods.', example: { cpu: '8', memory: '32Gi' } });

const nodeSpecSchema = z
  .strictObject({
    name: z.string().superRefine(check(subdomainProblems)).openapi({ example: 'node-1' }),
    labels: labelsSchema.optional(),
    taints: taintsSchema.optional(),
    capacity: capacitySchema.optional(),
  })
  .openapi('NodeSpec');

const nodeListSchema = z
  .array(nodeSpecSchema)
  .max(NODES_MAX, `must have at most ${NODES_MAX} nodes`)
  .superRefine((nodes, context) => {
    const seen = new Set<string>();
    nodes.forEach((node, index) => {
      if (seen.has(node.name)) context.addIssue({ code: 'custom', path: [index, 'name'], message: `${node.name} is given more than once` });
      seen.add(node.name);
    });
  });

/** A count of default nodes, or a list of specs; becomes specs. */
export const nodesSchema = z
  .union([z.int().min(0).max(NODES_MAX), nodeListSchema], {
    error: (issue) => (Array.isArray(issue.input) ? undefined : `must be a number of nodes from 0 to ${NODES_MAX}, or a list of nodes`),
  })
  .transform((nodes) => (typeof nodes === 'number' ? defaultNodes(nodes) : nodes))
  .openapi('ClusterNodes', { description: 'How many nodes (`node-1` … `node-N` of 4 cpu, 16Gi, 110 pods), or what they are.' });
