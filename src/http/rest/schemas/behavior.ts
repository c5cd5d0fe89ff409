// What the document says of behaviours (docs/contract.md, section 5), member by member. The engine reads them and has the last word; it also takes one rule
// where a list of them stands.

import { z } from '@hono/zod-openapi';
import { durationDescribed, durationOrWord } from './common.ts';

const PORT_MAX = 65_535;

const port = z.int().min(1).max(PORT_MAX);
const portOfRule = port.optional().openapi({ description: 'Absent: every port.', example: 8080 });
const latency = durationDescribed.optional().openapi({ description: 'Until the answer. Default: none.' });
const span = {
  from: durationDescribed.optional().openapi({ description: 'Holds from then on, counted from the start of the container. Default: 0.' }),
  until: durationDescribed.optional().openapi({ description: 'Holds until then. Absent: for ever.' }),
};
const exitCode = z.int().min(0).max(255).optional();

const runSchema = z
  .strictObject({
    for: durationOrWord('forever').optional().openapi({
      description: 'How long it runs, a duration or `forever`. Absent: for ever, or not at all when an end is given.',
      example: '1m',
    }),
    exitCode: exitCode.openapi({ description: 'With which it ends. Default: 0.' }),
    signal: z.int().min(1).max(64).optional().openapi({ description: 'The number of the signal that ends it.', example: 11 }),
    oom: z.boolean().optional().openapi({ description: 'The kernel ends it for want of memory.' }),
    message: z.string().optional().openapi({ description: 'Its termination message.' }),
  })
  .openapi('BehaviorRun', { description: 'One start of a container.', example: { for: '1m', exitCode: 1 } });

const httpSchema = z
  .strictObject({
    port: portOfRule,
    path: z.string().optional().openapi({ description: 'Absent: every path.', example: '/health' }),
    status: z.int().min(100).max(599).optional().openapi({ description: 'Default: 200.', example: 500 }),
    latency,
    body: z.string().optional(),
    location: z.string().optional().openapi({ description: 'Where a redirection leads.' }),
    ...span,
  })
  .openapi('HttpRule', { description: 'How it answers HTTP. The first rule that fits holds.' });

const tcpSchema = z
  .strictObject({ port: portOfRule, accept: z.boolean().optional().openapi({ description: 'Default: true.' }), latency, ...span })
  .openapi('TcpRule', { description: 'Whether it accepts connections.' });

const grpcSchema = z
  .strictObject({
    port: portOfRule,
    service: z.string().optional().openapi({ description: 'Absent: every service.' }),
    status: z.enum(['SERVING', 'NOT_SERVING', 'UNKNOWN', 'UNIMPLEMENTED']).optional().openapi({ description: 'Default: SERVING.' }),
    latency,
    ...span,
  })
  .openapi('GrpcRule', { description: 'How it answers the health checks of gRPC.' });

const execSchema = z
  .strictObject({
    command: z
      .string()
      .optional()
      .openapi({ description: 'Part of the command, its words joined by blanks. Absent: every command.', example: 'cat /tmp/healthy' }),
    exitCode: exitCode.openapi({ description: 'Default: 0.' }),
    output: z.string().optional(),
    latency,
    ...span,
  })
  .openapi('ExecRule', { description: 'What commands in the container do.' });

const sigtermRuleSchema = z
  .strictObject({
    after: durationDescribed.optional().openapi({ description: 'Time until it ends. Default: none.' }),
    exitCode: exitCode.openapi({ description: 'Default: 0.' }),
  })
  .openapi('SigtermRule', { description: 'How it ends when it is told to.' });

const sigtermSchema = z
  .union([sigtermRuleSchema, z.literal('ignore')])
  .openapi('SigtermBehavior', { description: 'What it does when it is told to end. Default: it ends at once with 0.' });

const usageSchema = z
  .strictObject({ value: z.string().openapi({ description: 'A Kubernetes quantity.', example: '250m' }), ...span })
  .openapi('UsageRule', { description: 'What it uses.' });

const logSchema = z
  .strictObject({
    text: z.string(),
    at: durationDescribed.optional().openapi({ description: 'When, counted from the start. Default: 0.' }),
    every: durationDescribed.optional().openapi({ description: 'Again and again after that much time. Absent: once.' }),
  })
  .openapi('LogRule', { description: 'A line that it prints.' });

const pullSchema = z
  .strictObject({
    duration: durationDescribed.optional().openapi({ description: 'Absent: what its size takes, or what the timing of the cluster says.' }),
    size: z.int().min(0).optional().openapi({ description: 'Bytes.', example: 52_428_800 }),
    error: z.string().optional().openapi({ description: "The registry's error." }),
    present: z.boolean().optional().openapi({ description: 'Every node has it already.' }),
  })
  .openapi('PullRule', { description: 'What pulling the image is like.' });

/** All that can be said of a behaviour. */
export const behaviorDescribed = z
  .strictObject({
    startup: durationDescribed.optional().openapi({ description: 'Time until it serves. Default: none.' }),
    run: z
      .array(runSchema)
      .optional()
      .openapi({
        description: 'How long it runs, and how it ends: one run for each start, the last one repeating. Default: for ever.',
        example: [{ for: '5s', exitCode: 1 }, { for: 'forever' }],
      }),
    http: z.array(httpSchema).optional(),
    tcp: z.array(tcpSchema).optional(),
    grpc: z.array(grpcSchema).optional(),
    exec: z.array(execSchema).optional(),
    sigterm: sigtermSchema.optional(),
    memory: z.array(usageSchema).optional().openapi({ description: 'Over its limit it is killed. Default: 10Mi.' }),
    cpu: z.array(usageSchema).optional().openapi({ description: 'For metrics and autoscalers. Default: 1m.' }),
    logs: z.array(logSchema).optional(),
    pull: pullSchema.optional(),
    files: z
      .record(z.string(), z.string())
      .optional()
      .openapi({
        description: 'Files of the image by absolute path.',
        example: { '/etc/app.conf': 'debug=false' },
      }),
    user: z.string().optional().openapi({ description: 'Of the image, as a Dockerfile says it.', example: '1000:1000' }),
    ports: z.array(port).optional().openapi({ description: 'Ports that it serves when the manifest declares none.' }),
    startError: z.string().optional().openapi({ description: 'The start fails with this message.' }),
  })
  .openapi('ImageBehavior', {
    description:
      'How containers of an image behave. Nothing said: a server that is up at once, answers 200 on its ports, runs for ever and ends at once on SIGTERM. ' +
      'Where a list stands a single item is taken as well, and in `run` a duration alone.',
    example: { startup: '3s', run: [{ for: '1m', exitCode: 1 }], http: [{ path: '/health', status: 500, from: '30s' }] },
  });
