// What workerd runs: requests go to the fronts. See docs/decisions/0070-workerd.md.

import { answerProblem, problemOfError } from '../../http/errors.ts';
import { answerStatus } from '../../http/kube/answer.ts';
import { statusOfError } from '../../http/kube/errors.ts';
import { SAFE_METHODS } from '../../service/host.ts';
import { ServiceError } from '../../service/ports.ts';
import { answerDrain } from './drain.ts';
import { type Environment, frontAt, frontCountOf } from './environment.ts';
import { answerByFronts } from './fronts.ts';
import { logError } from './log.ts';

export { ClusterObject } from './cluster-object.ts';
export { FrontObject } from './front-object.ts';
export { ScenarioObject } from './scenario-object.ts';

export default {
  async fetch(request: Request, environment: Environment): Promise<Response> {
    const drained = answerDrain(request, environment);
    if (drained !== undefined) return drained;
    const ask = (front: number, asked: Request) => askFront(environment, front, asked).catch((error: unknown) => answerLost(asked, error));
    return answerByFronts(request, { count: frontCountOf(environment), defaultCluster: environment.DEFAULT_CLUSTER || undefined, ask });
  },
};

/** A front that was handed over is asked once more where it is now, when the request can be sent again. */
function askFront(environment: Environment, front: number, request: Request): Promise<Response> {
  const ask = () => frontAt(environment, front).fetch(request);
  return SAFE_METHODS.includes(request.method) ? ask().catch(ask) : ask();
}

/** The front has ended, or cannot be reached just now. */
function answerLost({ url }: Request, cause: unknown): Response {
  logError('a front did not answer', cause);
  const error = new ServiceError(
    'host-lost',
    'the instance that has the cluster ended before it answered; whether the request was done is not known',
  );
  const { pathname } = new URL(url);
  return /^\/(?:clusters|access)\//.test(pathname) ? answerStatus(statusOfError(error)) : answerProblem(problemOfError(error));
}
