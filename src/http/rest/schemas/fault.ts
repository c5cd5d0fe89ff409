// Faults (docs/contract.md, section 6): what strikes what, when, and for how long.

import { z } from '@hono/zod-openapi';
import { type Fault, type FaultRow, normalizeReference, type PodsTarget } from '../../../engine/cluster/index.ts';
import { formatDuration, formatInstant } from '../../../engine/apimachinery/time.ts';
import { clusterParams, durationSchema, instantText, nextCursor } from './common.ts';

const name = (description: string, example: string) => z.string().min(1, 'must not be empty').max(253).openapi({ description, example });

const nodeTarget = z.strictObject({ node: name('Name of the node.', 'node-2') }).openapi('NodeTarget');
const containerTarget = z
  .strictObject({
    namespace: name('Namespace of the pod.', 'default').default('default'),
    pod: name('Name of the pod.', 'web'),
    container: name('Name of the container; absent: all that run.', 'app').optional(),
  })
  .openapi('ContainerTarget');

/** Pods, each member that is there narrows them; no target is every pod. */
const podsTarget = z.strictObject({
  node: name('Name of a node: the pods on it.', 'node-2').optional(),
  namespace: name('Namespace of the pods; with `pod` and without this, default.', 'shop').optional(),
  pod: name('Name of one pod.', 'web').optional(),
});
const podsOf = <S extends z.ZodRawShape>(called: string, members: S) => z.strictObject({ ...podsTarget.shape, ...members }).openapi(called);
const errorText = (what: string) => z.string().min(1, 'must not be empty').max(1024).optional().openapi({ description: what });

const SIGNALS: Readonly<Record<string, number>> = { HUP: 1, INT: 2, QUIT: 3, ABRT: 6, KILL: 9, SEGV: 11, TERM: 15 };

const timing = {
  after: durationSchema.optional().openapi({ description: 'Virtual time until it begins; absent: now.' }),
  for: durationSchema.optional().openapi({ description: 'How long it lasts; absent: until it is deleted.' }),
};

const DELAY_MS_MAX = 60_000;

const faultOf = <T extends string, S extends z.ZodRawShape>(type: T, description: string, members: S) =>
  z.strictObject({ type: z.literal(type), ...members, ...timing }).openapi(nameOf(type), { description });

/** `NodeDownFault` for `node-down`. */
function nameOf(type: string): string {
  return `${type.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}Fault`;
}

const faultVariants = z.discriminatedUnion('type', [
  faultOf('node-down', 'The node is off: nothing is heard of it, and its containers are gone when it boots.', { target: nodeTarget }),
  faultOf('node-partition', 'The node is cut off: its containers go on, and its kubelet is not heard of.', { target: nodeTarget }),
  faultOf('node-reboot', 'The node goes off and boots; without `for` it takes a minute.', { target: nodeTarget }),
  faultOf('node-pressure', 'The node runs short: it says so, takes no pods, and evicts one every ten seconds.', {
    target: z
      .strictObject({ ...nodeTarget.shape, resource: z.enum(['memory', 'disk', 'pid']).default('memory') })
      .openapi('NodePressureTarget'),
  }),
  faultOf('container-kill', 'The process ends, with an exit code or by a signal (KILL unless one is named).', {
    target: z
      .strictObject({
        ...containerTarget.shape,
        exitCode: z.int().min(0).max(255).optional(),
        signal: z.enum(Object.keys(SIGNALS) as [string, ...string[]]).optional(),
      })
      .openapi('ContainerKillTarget'),
  }),
  faultOf('container-oom', 'The process is killed for want of memory.', { target: containerTarget }),
  faultOf('container-hang', 'The process accepts connections, answers nothing and does not notice SIGTERM.', { target: containerTarget }),
  faultOf('probe-fail', 'Probes fail, whatever the container would answer.', {
    target: z
      .strictObject({
        ...containerTarget.shape,
        probe: z.enum(['liveness', 'readiness', 'startup']).optional().openapi({ description: 'Absent: all.' }),
      })
      .openapi('ProbeFailTarget'),
  }),
  faultOf('image-pull-fail', 'The registry does not give out an image.', {
    target: z
      .strictObject({
        image: z
          .string()
          .refine((text) => normalizeReference(text) !== undefined, 'is not an image reference such as nginx:1.27')
          .openapi({ example: 'nginx:1.27' }),
        message: z.string().max(1024).optional().openapi({ description: "The registry's error; absent: not found." }),
      })
      .openapi('ImagePullFailTarget'),
  }),
  faultOf('registry-down', 'A registry does not answer.', {
    target: z
      .strictObject({ registry: name('Host of the registry; absent: all.', 'docker.io').optional() })
      .openapi('RegistryDownTarget')
      .default({}),
  }),
  faultOf('sandbox-fail', 'Sandboxes of pods cannot be made, as when the network plugin fails: new pods stay at ContainerCreating.', {
    target: podsOf('SandboxFailTarget', { message: errorText("The runtime's error; absent: the network has no addresses left.") }).default(
      {},
    ),
  }),
  faultOf('container-create-fail', 'The runtime cannot create containers: they wait with CreateContainerError.', {
    target: podsOf('ContainerCreateFailTarget', {
      container: name('Name of the container; absent: every one.', 'app').optional(),
      message: errorText("The runtime's error; absent: its folder of snapshots is gone."),
    }).default({}),
  }),
  faultOf(
    'network-delay',
    'What pods send is late: connections take the delay once, requests once more, on the side of the client and of the server.',
    {
      target: podsOf('NetworkDelayTarget', {
        delay: durationSchema
          .refine((ms) => ms > 0 && ms <= DELAY_MS_MAX, 'must be above 0 and at most 1m')
          .openapi('Duration', { description: 'How late each packet is; at most a minute.', example: '200ms' }),
      }),
    },
  ),
  faultOf('dns-fail', 'Pods get no addresses for names.', {
    target: podsOf('DnsFailTarget', {
      name: name('Only this name, and names that begin or end with it; absent: all.', 'db.shop').optional(),
      answer: z
        .enum(['timeout', 'nxdomain'])
        .default('timeout')
        .openapi({ description: 'Nobody answers, which takes ten seconds; or there is no such name.' }),
    }).default({ answer: 'timeout' }),
  }),
]);

/** A fault as it is asked for. */
export const createFaultSchema = faultVariants
  .superRefine((value, context) => {
    if (value.type !== 'container-kill') return;
    const { exitCode, signal } = value.target;
    if (exitCode !== undefined && signal !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['target', 'signal'],
        message: 'a process ends with an exit code or by a signal, not both',
      });
  })
  .openapi('FaultSpec');

/** What the document says of a fault; what is refused beside it, the schema above says. */
export const faultDescribed = faultVariants.openapi('FaultSpec', {
  description: 'Something that goes wrong.',
  example: { type: 'node-down', target: { node: 'node-2' }, after: '30s', for: '10m' },
});

export type CreateFaultBody = z.output<typeof createFaultSchema>;

export const faultParams = clusterParams.extend({ id: z.string().openapi({ description: 'Id of the fault.', example: 'fault-1' }) });

const FAULT_TYPES = faultVariants.options.map((option) => option.shape.type.value);

const faultTargetSchema = z
  .strictObject({
    node: z.string().optional(),
    resource: z.enum(['memory', 'disk', 'pid']).optional(),
    namespace: z.string().optional(),
    pod: z.string().optional(),
    container: z.string().optional(),
    exitCode: z.int().optional(),
    probe: z.enum(['liveness', 'readiness', 'startup']).optional(),
    image: z.string().optional(),
    message: z.string().optional(),
    registry: z.string().optional(),
    delay: z.string().optional(),
    name: z.string().optional(),
    answer: z.enum(['timeout', 'nxdomain']).optional(),
  })
  .openapi('FaultTarget', { description: 'What it strikes; which members there are depends on the type.' });

export const faultSchema = z
  .strictObject({
    id: z.string(),
    type: z.enum(FAULT_TYPES),
    target: faultTargetSchema,
    state: z.enum(['waiting', 'active', 'over']),
    startsAt: instantText,
    endsAt: instantText.nullable().openapi({ description: 'Null: when it is deleted.' }),
  })
  .openapi('ClusterFault');

export const faultListSchema = z.strictObject({ items: z.array(faultSchema), nextCursor }).openapi('ClusterFaultList');

/** The fault that a body means. */
export function faultFrom(body: CreateFaultBody): Fault {
  switch (body.type) {
    case 'node-down':
    case 'node-partition':
    case 'node-reboot':
      return { type: body.type, node: body.target.node };
    case 'node-pressure':
      return { type: body.type, node: body.target.node, resource: body.target.resource };
    case 'container-kill': {
      const { exitCode, signal } = body.target;
      return { type: body.type, ...containersOf(body.target), exitCode: exitCode ?? 128 + (SIGNALS[signal ?? 'KILL'] ?? 9) };
    }
    case 'container-oom':
    case 'container-hang':
      return { type: body.type, ...containersOf(body.target) };
    case 'probe-fail':
      return { type: body.type, ...containersOf(body.target), probe: body.target.probe ?? null };
    case 'image-pull-fail':
      return { type: body.type, image: body.target.image, message: body.target.message ?? null };
    case 'registry-down':
      return { type: body.type, registry: body.target.registry ?? null };
    case 'sandbox-fail':
      return { type: body.type, ...podsFrom(body.target), message: body.target.message ?? null };
    case 'container-create-fail': {
      const { container, message } = body.target;
      return { type: body.type, ...podsFrom(body.target), container: container ?? null, message: message ?? null };
    }
    case 'network-delay':
      return { type: body.type, ...podsFrom(body.target), delayMs: body.target.delay };
    case 'dns-fail':
      return { type: body.type, ...podsFrom(body.target), name: body.target.name ?? null, answer: body.target.answer };
  }
}

function podsFrom({ node, namespace, pod }: z.output<typeof podsTarget>): PodsTarget {
  return { node: node ?? null, namespace: namespace ?? (pod === undefined ? null : 'default'), pod: pod ?? null };
}

function containersOf({ namespace, pod, container }: z.output<typeof containerTarget>): {
  namespace: string;
  pod: string;
  container: string | null;
} {
  return { namespace, pod, container: container ?? null };
}

/** A fault as it is shown. */
export function describeFault({ id, fault, startsMs, endsMs, state }: FaultRow): z.input<typeof faultSchema> {
  const { type, ...given } = fault;
  const { delayMs, ...target } = 'delayMs' in given ? given : { ...given, delayMs: undefined };
  const shown = Object.fromEntries(Object.entries(target).filter(([, value]) => value !== null));
  const delay = delayMs === undefined ? {} : { delay: formatDuration(delayMs) };
  return {
    id,
    type,
    target: { ...shown, ...delay },
    state,
    startsAt: formatInstant(startsMs),
    endsAt: endsMs === null ? null : formatInstant(endsMs),
  };
}
