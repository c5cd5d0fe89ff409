// The schema of scenario files (`apiVersion: orrery.dev/v1`, `kind: Scenario`): what a file may say, with the words for what it may not. It is published
// as JSON Schema (`openapi/scenario.schema.json`), so that editors complete and check a file while it is written.

import { z } from 'zod';
import { createClusterSchema } from '../http/rest/schemas/cluster.ts';
import { advanceSchema } from '../http/rest/schemas/clock.ts';
import { durationSchema } from '../http/rest/schemas/common.ts';
import { createFaultSchema } from '../http/rest/schemas/fault.ts';
import { imageBehaviorSchema, imageReferenceSchema } from '../http/rest/schemas/image.ts';

/** What the document says of a schema that decodes by hand. */
const FORMS = new Map<z.core.$ZodType, z.core.$ZodType>();

const text = (description: string) => z.string().min(1, 'must not be empty').describe(description);

/** `deployment/web`, or with a namespace `shop/deployment/web`. */
const reference = z
  .string()
  .regex(/^(?:[^/\s]+\/)?[^/\s]+\/[^/\s]+$/, 'must be kind/name or namespace/kind/name, such as deployment/web')
  .describe('An object: kind/name, or namespace/kind/name.');

const count = z.int().min(0, 'must not be negative');
const bounds = {
  equals: count.optional().describe('The number must be this.'),
  atLeast: count.optional().describe('The number must not be smaller.'),
  atMost: count.optional().describe('The number must not be greater.'),
};

/** What every expectation may say. */
const common = {
  because: text('Why it is expected: it is printed when it fails.').optional(),
};

/** Expectations by the word that they begin with. */
export const EXPECTATIONS = {
  ready: z
    .strictObject({ ready: reference, ...bounds, ...common })
    .describe('Ready pods of a workload; without a bound, all that it wants.'),
  available: z
    .strictObject({ available: reference, ...bounds, ...common })
    .describe('Available pods of a workload; without a bound, all that it wants.'),
  replicas: z.strictObject({ replicas: reference, ...bounds, ...common }).describe('Pods that a workload has.'),
  restarts: z
    .strictObject({ restarts: reference, ...bounds, ...common })
    .describe('Restarts of the containers of a pod or of all pods of a workload; without a bound, none.'),
  endpoints: z
    .strictObject({ endpoints: reference, ...bounds, ...common })
    .describe('Ready endpoints of a Service; without a bound, at least one.'),
  phase: z
    .strictObject({ phase: reference, equals: text('The phase.'), ...common })
    .describe('The phase of a pod, a claim or a namespace.'),
  condition: z
    .strictObject({
      condition: text('Type of the condition.'),
      on: reference,
      equals: z.enum(['True', 'False', 'Unknown']).optional(),
      ...common,
    })
    .describe('The status of a condition; without a value, True.'),
  events: z
    .strictObject({ events: text('Reason of the events.'), on: reference.optional(), ...bounds, ...common })
    .describe('How often an event was said; without a bound, never.'),
  logs: z
    .strictObject({
      logs: reference,
      container: text('Name of the container.').optional(),
      contains: text('A part of the log.'),
      ...common,
    })
    .describe('What the log of a pod contains.'),
  http: z
    .strictObject({
      http: reference,
      port: z.int().min(1).max(65_535).optional(),
      path: z.string().startsWith('/', 'must begin with /').optional(),
      status: z.int().min(100).max(599).optional(),
      ...common,
    })
    .describe(
      'The status that a request to a Service or a pod gets, whichever endpoint it meets; without a status, 200. Nobody there is 0.',
    ),
  cel: z.strictObject({ cel: text('An expression of CEL that is true.'), ...common }).describe('Anything else.'),
} as const;

const expectation = headed('an expectation', EXPECTATIONS);

const fault = z
  .looseObject({ type: text('Type of the fault.'), as: text('A name, for end-fault.').optional() })
  .describe('What goes wrong: type and target as in the service API; the members of the target may stand beside the type.');

/** What every step may say. */
const named = {
  name: text('Of the step, for reports.').optional(),
  rejected: text('The step is to be refused, with a message that contains this.').optional(),
};

const manifests = z.union([z.string(), z.looseObject({}), z.array(z.union([z.string(), z.looseObject({})]))]);

/** Steps by the word that they begin with. */
export const STEPS = {
  apply: z.strictObject({ apply: manifests.describe('Files, globs, folders with a kustomization, or objects.'), ...named }),
  delete: z.strictObject({ delete: reference, gracePeriodSeconds: count.optional(), ...named }),
  patch: z.strictObject({
    patch: z
      .strictObject({
        on: reference,
        merge: z.looseObject({}).optional(),
        strategic: z.looseObject({}).optional(),
        json: z.array(z.looseObject({})).optional(),
      })
      .refine(
        (value) => [value.merge, value.strategic, value.json].filter((one) => one !== undefined).length === 1,
        'must have exactly one of merge, strategic and json',
      ),
    ...named,
  }),
  scale: z.strictObject({ scale: z.strictObject({ on: reference, replicas: count }), ...named }),
  label: z.strictObject({ label: z.strictObject({ on: reference, labels: z.record(z.string(), z.string().nullable()) }), ...named }),
  exec: z.strictObject({
    exec: z.strictObject({
      on: reference,
      container: text('Name of the container.').optional(),
      command: z.array(z.string()).min(1),
      exitCode: count.max(255).optional().describe('0 when it is absent.'),
      contains: text('A part of what it prints.').optional(),
      timeout: durationSchema.optional(),
    }),
    ...named,
  }),
  request: z.strictObject({ request: EXPECTATIONS.http, ...named }),
  image: z.strictObject({ image: z.strictObject({ reference: imageReferenceSchema, behavior: imageBehaviorSchema }), ...named }),
  fault: z.strictObject({ fault, ...named }),
  'end-fault': z.strictObject({ 'end-fault': text('`as` of the fault.'), ...named }),
  drain: z.strictObject({
    drain: text('A node: it is cordoned, and its pods are evicted, as `kubectl drain --ignore-daemonsets` does it.'),
    within: durationSchema.optional().describe('10m when it is absent.'),
    ...named,
  }),
  advance: z.strictObject({ advance: z.union([durationSchema, advanceSchema]), ...named }),
  wait: z.strictObject({
    wait: z.strictObject({
      for: text('As `kubectl wait --for` takes it.'),
      on: reference.optional(),
      resource: text('Resource, with a selector.').optional(),
      selector: text('Label selector.').optional(),
      timeout: durationSchema.optional(),
    }),
    ...named,
  }),
  mark: z.strictObject({ mark: text('Name of this instant.'), ...named }),
  expect: z.strictObject({
    expect: expectation,
    within: durationSchema.optional().describe('It may become true as late as that.'),
    ...named,
  }),
} as const;

const from = text('A mark: it counts from there on.').optional();

const lasting = headed('an expectation', extended({ from }));
const eventual = headed('an expectation', extended({ from, within: durationSchema }));

export const FAULT_TYPES = [
  'node-down',
  'node-partition',
  'node-reboot',
  'container-kill',
  'container-oom',
  'container-hang',
  'drain',
] as const;

export const scenarioSchema = z.strictObject({
  apiVersion: z.literal('orrery.dev/v1', { error: 'must be orrery.dev/v1' }),
  kind: z.literal('Scenario', { error: 'must be Scenario' }),
  metadata: z.strictObject({ name: text('Of the scenario.') }),
  description: z.string().optional(),
  cluster: createClusterSchema.optional().describe('The body of POST /v1/clusters.'),
  namespace: text('Of objects that name none; default.').optional(),
  images: z.record(imageReferenceSchema, imageBehaviorSchema).optional().describe('What images do.'),
  manifests: manifests.optional().describe('Applied before the first step: files, globs, folders with a kustomization, or objects.'),
  steps: z.array(headed('a step', STEPS)).optional().describe('In order. Time passes only where a step says so.'),
  always: z.array(lasting).optional().describe('Judged after every change, from its mark on.'),
  eventually: z.array(eventual).optional().describe('Judged when the time is over, counted from its mark or from the last fault.'),
  explore: z
    .strictObject({
      faults: z.array(z.enum(FAULT_TYPES)).optional().describe('What may strike.'),
      from: text('A mark: nothing strikes before it.').optional(),
      for: durationSchema.optional().describe('How long it goes on after a fault; 10m.'),
      lasts: durationSchema.optional().describe('How long a fault lasts that has an end; absent: to the end of the run.'),
    })
    .optional(),
  matrix: z
    .record(z.string(), z.array(z.unknown()).min(1))
    .optional()
    .describe('Values by path, such as images.shop/api.startup: every combination is run.'),
});

export type ScenarioBody = z.output<typeof scenarioSchema>;
export type StepBody = z.output<(typeof STEPS)[keyof typeof STEPS]> & { readonly name?: string; readonly rejected?: string };
export type ExpectationBody = z.output<(typeof EXPECTATIONS)[keyof typeof EXPECTATIONS]>;
export type FaultBody = z.output<typeof fault>;

/** A fault as the service API has it, from one whose target stands beside its type. */
export function faultOfBody(body: FaultBody): z.ZodSafeParseResult<z.output<typeof createFaultSchema>> {
  const { type, as: _, target, after, for: lasts, ...beside } = body;
  const own = { type, ...(after === undefined ? {} : { after }), ...(lasts === undefined ? {} : { for: lasts }) };
  const aim = target ?? (Object.keys(beside).length > 0 ? beside : undefined);
  return createFaultSchema.safeParse({ ...own, ...(aim === undefined ? {} : { target: aim }) });
}

function extended<const T extends z.ZodRawShape>(members: T) {
  return Object.fromEntries(Object.entries(EXPECTATIONS).map(([head, schema]) => [head, (schema as z.ZodObject).extend(members)])) as {
    [K in keyof typeof EXPECTATIONS]: z.ZodObject<(typeof EXPECTATIONS)[K]['shape'] & T>;
  };
}

/** An object that begins with one of some words; what is wrong with it is said of the form that it has. */
function headed<T extends Readonly<Record<string, z.ZodObject>>>(what: string, forms: T): z.ZodType<z.output<T[keyof T]>> {
  const heads = Object.keys(forms);
  const union = z.union(Object.values(forms) as [z.ZodObject, ...z.ZodObject[]]);
  const schema = z.unknown().transform((value, context) => {
    const found = typeof value === 'object' && value !== null ? heads.filter((head) => Object.hasOwn(value, head)) : [];
    // `within` and `equals` stand beside other words.
    const [head] = found;
    if (head === undefined || found.length > 1) {
      const said = head === undefined ? 'none of them is there' : `${found.join(' and ')} are there`;
      context.addIssue({ code: 'custom', message: `${what} begins with one of ${heads.join(', ')}; ${said}`, input: value });
      return z.NEVER;
    }
    const parsed = (forms[head] as z.ZodObject).safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.addIssue(issue as Parameters<typeof context.addIssue>[0]);
    return z.NEVER;
  });
  FORMS.set(schema, union);
  return schema as unknown as z.ZodType<z.output<T[keyof T]>>;
}

/** The JSON Schema of scenario files. */
export function scenarioJsonSchema(): object {
  const schema = z.toJSONSchema(scenarioSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const union = FORMS.get(zodSchema) ?? (zodSchema._zod.def.type === 'pipe' ? FORMS.get(zodSchema) : undefined);
      if (union === undefined) return;
      const { $schema: _, ...shown } = z.toJSONSchema(union, { io: 'input', unrepresentable: 'any' });
      Object.assign(jsonSchema, shown);
    },
  });
  return { ...schema, $id: 'https://orrery.dev/scenario.schema.json', title: 'Orrery scenario' };
}
