// The latencies of a cluster's own parts. The engine has the last word on them; the document names each.

import { z } from '@hono/zod-openapi';
import { parseTiming } from '../../../engine/cluster/index.ts';
import { durationDescribed } from './common.ts';

const DESCRIPTION = "Deviations from the default latencies of the cluster's own parts.";
const EXAMPLE = { imagePull: '10s' };

export const timingSchema = z
  .record(z.string(), z.union([z.string(), z.number()], { error: 'must be a duration' }))
  .superRefine((timing, context) => {
    const parsed = parseTiming(timing);
    if (parsed.ok) return;
    for (const { field, message } of parsed.errors) context.addIssue({ code: 'custom', path: field.split('.').slice(1), message });
  })
  .openapi('ClusterTiming', { description: DESCRIPTION, example: EXAMPLE });

const latency = (description: string) => durationDescribed.optional().openapi({ description: `${description} At most 1h.` });

/** What the document says of them. */
export const timingDescribed = z
  .strictObject({
    imagePull: latency('To pull an image whose behaviour says nothing of it. Default 2.5s.'),
    volumeSetup: latency('To mount the volumes of a pod. Default 300ms.'),
    sandboxCreate: latency('To make the sandbox of a pod. Default 400ms.'),
    containerCreateStart: latency('To create and start a container. Default 100ms.'),
    stopLatency: latency('From the end of a process to its container being stopped. Default 50ms.'),
    sandboxStop: latency('To stop the sandbox of a pod. Default 100ms.'),
    volumeTeardown: latency('To unmount the volumes of a pod. Default 300ms.'),
    probeLatency: latency('What a probe takes beside what its server takes; greater than 0. Default 5ms.'),
    plegPhase: latency('Where in each second the kubelet looks at its containers. Default 0s.'),
    syncTickPhase: latency('Where in each second the kubelet looks at pods whose time has come. Default 500ms.'),
    housekeepingPhase: latency('Where in every two seconds the kubelet tidies up. Default 250ms.'),
    proberStartJitter: z
      .union([durationDescribed, z.literal('seeded')])
      .optional()
      .openapi({ description: 'From the start of a container to its first probes; `seeded`: drawn below one period. Default 0s.' }),
    workerJitter: z
      .union([z.number().min(0).lt(1), z.literal('seeded')])
      .optional()
      .openapi({ description: 'The share of its jitter that the work queue of a pod adds; `seeded`: drawn each time, the default.' }),
    metricsResolution: latency('How often the metrics server looks at the containers; 0: there is none. Default 15s.'),
    endpointPropagation: latency('For which kube-proxies route by the endpoints from before a change. Default 500ms.'),
  })
  .openapi('ClusterTiming', { description: DESCRIPTION, example: EXAMPLE });
