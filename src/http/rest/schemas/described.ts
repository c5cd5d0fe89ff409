// Schemas of the document that say more than the ones that decode: those leave the last word to the engine, or to checks that no document can show. Each stands
// in the document in the place of the decoding schema of its name. `test/http/rest/examples.test.ts` holds both together.

import type { z } from '@hono/zod-openapi';
import { behaviorDescribed } from './behavior.ts';
import { advanceDescribed, progressSchema } from './clock.ts';
import { durationDescribed } from './common.ts';
import { faultDescribed } from './fault.ts';
import { manifestsDescribed } from './manifests.ts';
import { quantityDescribed } from './node.ts';
import { outsideDescribed } from './outside.ts';
import { scenarioDescribed, scenarioProgressSchema } from './scenario.ts';
import { timelineNowSchema, timelineStepsSchema } from './timeline.ts';
import { timingDescribed } from './timing.ts';
import { watchEventSchema } from './watch.ts';

export const DESCRIBED: Readonly<Record<string, z.ZodType>> = {
  ClusterTiming: timingDescribed,
  Duration: durationDescribed,
  Quantity: quantityDescribed,
  OutsideNames: outsideDescribed,
  ImageBehavior: behaviorDescribed,
  Advance: advanceDescribed,
  FaultSpec: faultDescribed,
  Manifests: manifestsDescribed,
  Progress: progressSchema,
  Scenario: scenarioDescribed,
  ScenarioProgress: scenarioProgressSchema,
  TimelineNow: timelineNowSchema,
  TimelineSteps: timelineStepsSchema,
  WatchEvent: watchEventSchema,
};
