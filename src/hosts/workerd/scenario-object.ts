// Scenarios in an object of their own, apart from clusters and their fronts. It stores nothing.

import { DurableObject } from 'cloudflare:workers';
import type { ScenarioAnswer, ScenarioWork } from '../../front/scenarios.ts';
import { answerScenario } from '../answer-scenario.ts';
import type { ScenarioCalls } from './calls.ts';
import type { Environment } from './environment.ts';

export class ScenarioObject extends DurableObject<Environment> implements ScenarioCalls {
  run(work: ScenarioWork): Promise<ScenarioAnswer> {
    return answerScenario(work, () => {});
  }
}
