// What workerd runs: every request goes to the front. See docs/decisions/0070-workerd.md.

import { type Environment, frontOf } from './environment.ts';

export { ClusterObject } from './cluster-object.ts';
export { FrontObject } from './front-object.ts';
export { ScenarioObject } from './scenario-object.ts';

export default {
  fetch: (request: Request, environment: Environment): Promise<Response> => frontOf(environment).fetch(request),
};
