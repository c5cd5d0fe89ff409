// What workerd runs: requests go to the fronts. See docs/decisions/0070-workerd.md.

import { type Environment, frontAt, frontCountOf } from './environment.ts';
import { answerByFronts } from './fronts.ts';

export { ClusterObject } from './cluster-object.ts';
export { FrontObject } from './front-object.ts';
export { ScenarioObject } from './scenario-object.ts';

export default {
  fetch(request: Request, environment: Environment): Promise<Response> {
    const ask = (front: number, asked: Request) => frontAt(environment, front).fetch(asked);
    return answerByFronts(request, { count: frontCountOf(environment), ask });
  },
};
