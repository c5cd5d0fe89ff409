// The latencies of a cluster's own parts. The engine has the last word on them; the document names each.

import { z } from '@hono/zod-openapi';
import { formatDuration } from '../../../engine/apimachinery/time.ts';
import { parseTiming, TIMING_DEFAULT } from '../../../engine/cluster/index.ts';
import { durationDescribed, durationOrWord } from './common.ts';

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

type Latency = Exclude<keyof typeof TIMING_DEFAULT, 'workerJitter' | 'proberStartJitterMs'>;

/** `of` names it in the engine, which has the default. */
const latency = (of: Latency, description: string) =>
  durationDescribed.optional().openapi({ description: `${description} Default ${formatDuration(TIMING_DEFAULT[of])}. At most 1h.` });

const workerJitterDescribed = z.union([z.number().min(0).lt(1), z.literal('seeded')]).openapi('WorkerJitter', {
  description: 'The share of its jitter that the work queue of a pod adds; `seeded`: drawn each time, the default.',
});

/** What the document says of them. */
export const timingDescribed = z
  .strictObject({
    imagePull: latency('imagePullMs', 'To pull an image whose behaviour says nothing of it.'),
    volumeSetup: latency('volumeSetupMs', 'To mount the volumes of a pod.'),
    sandboxCreate: latency('sandboxCreateMs', 'To make the sandbox of a pod.'),
    containerCreateStart: latency('containerCreateStartMs', 'To create and start a container.'),
    stopLatency: latency('stopLatencyMs', 'From the end of a process to its container being stopped.'),
    sandboxStop: latency('sandboxStopMs', 'To stop the sandbox of a pod.'),
    volumeTeardown: latency('volumeTeardownMs', 'To unmount the volumes of a pod.'),
    probeLatency: latency('probeLatencyMs', 'What a probe takes beside what its server takes; greater than 0.'),
    plegPhase: latency('plegPhaseMs', 'Where in each second the kubelet looks at its containers.'),
    syncTickPhase: latency('syncTickPhaseMs', 'Where in each second the kubelet looks at pods whose time has come.'),
    housekeepingPhase: latency('housekeepingPhaseMs', 'Where in every two seconds the kubelet tidies up.'),
    proberStartJitter: durationOrWord('seeded')
      .optional()
      .openapi({ description: 'From the start of a container to its first probes; `seeded`: drawn below one period. Default 0s.' }),
    workerJitter: workerJitterDescribed.optional(),
    metricsResolution: latency('metricsResolutionMs', 'How often the metrics server looks at the containers; 0: there is none.'),
    endpointPropagation: latency('endpointPropagationMs', 'For which kube-proxies route by the endpoints from before a change.'),
  })
  .openapi('ClusterTiming', { description: DESCRIPTION, example: EXAMPLE });
