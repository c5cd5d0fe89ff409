// Commands as recordings have them. What they must have to be given to the engine at all is checked here; what they say the engine checks, as it did when they were given first.

import { z } from '@hono/zod-openapi';
import { clockSpecSchema } from './clock.ts';
import { imageBehaviorSchema } from './image.ts';
import { seedSchema } from './cluster.ts';

const json = z.record(z.string(), z.unknown());
const text = z.string();
const ms = z.int();
const containerName = { namespace: text, pod: text, container: text };

const target = { namespace: text, pod: text, container: text.nullable() };
const pods = { node: text.nullable(), namespace: text.nullable(), pod: text.nullable() };
const faultSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['node-down', 'node-partition', 'node-reboot']), node: text }),
  z.strictObject({ type: z.literal('node-pressure'), node: text, resource: z.enum(['memory', 'disk', 'pid']) }),
  z.strictObject({ type: z.literal('container-kill'), exitCode: z.int().min(0).max(255), ...target }),
  z.strictObject({ type: z.enum(['container-oom', 'container-hang']), ...target }),
  z.strictObject({ type: z.literal('probe-fail'), probe: z.enum(['liveness', 'readiness', 'startup']).nullable(), ...target }),
  z.strictObject({ type: z.literal('image-pull-fail'), image: text, message: text.nullable() }),
  z.strictObject({ type: z.literal('registry-down'), registry: text.nullable() }),
  z.strictObject({ type: z.literal('sandbox-fail'), message: text.nullable(), ...pods }),
  z.strictObject({ type: z.literal('container-create-fail'), container: text.nullable(), message: text.nullable(), ...pods }),
  z.strictObject({ type: z.literal('network-delay'), delayMs: z.int().min(0), ...pods }),
  z.strictObject({ type: z.literal('dns-fail'), name: text.nullable(), answer: z.enum(['timeout', 'nxdomain']), ...pods }),
]);

const webhookAnswers = z
  .array(
    z.union([z.strictObject({ key: text, code: z.int(), isText: z.boolean(), body: text }), z.strictObject({ key: text, failure: text })]),
  )
  .optional();

export const commandSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('request'),
    request: z.looseObject({
      verb: z.enum(['create', 'update', 'patch', 'delete', 'deletecollection', 'connect']),
      resource: text,
      namespace: text.optional(),
      name: text.optional(),
      subresource: text.optional(),
      patchType: z.enum(['json', 'merge', 'strategic', 'apply']).optional(),
      options: json,
      webhooks: webhookAnswers,
    }),
  }),
  z.strictObject({
    type: z.literal('manifests'),
    mode: z.enum(['apply', 'create', 'delete']),
    namespace: text,
    objects: z.array(json),
    dryRun: z.boolean().optional(),
    webhooks: webhookAnswers,
  }),
  z.strictObject({ type: z.literal('advance'), toMs: ms }),
  z.strictObject({ type: z.literal('clock'), clock: clockSpecSchema }),
  z.strictObject({ type: z.literal('seed'), seed: seedSchema }),
  z.strictObject({ type: z.literal('image'), reference: text, behavior: imageBehaviorSchema.nullable() }),
  z.strictObject({ type: z.literal('fault'), fault: faultSchema, afterMs: ms.min(0), forMs: ms.min(0).nullable() }),
  z.strictObject({ type: z.literal('end-fault'), id: text }),
  z.strictObject({ type: z.literal('park'), work: z.strictObject({ kind: z.enum(['key', 'timer']), owner: text, key: text }) }),
  z.strictObject({
    type: z.literal('exec-start'),
    request: z.strictObject({ ...containerName, command: z.array(text).min(1), stdin: z.boolean(), tty: z.boolean() }),
  }),
  z.strictObject({ type: z.literal('exec-input'), session: text, data: text, close: z.boolean() }),
  z.strictObject({ type: z.literal('exec-close'), session: text }),
  z.strictObject({ type: z.literal('attach-input'), container: z.strictObject(containerName), data: text, close: z.boolean() }),
  z.strictObject({
    type: z.literal('port-request'),
    request: z.strictObject({
      namespace: text,
      pod: text,
      port: z.int().min(1).max(65_535),
      method: text,
      path: text,
      headers: z.record(z.string(), text),
      client: text.optional(),
      body: text,
    }),
  }),
]);
