// What a container's process is told of its surroundings: environment variables, expanded command and arguments, host name. Pure.

export { expand } from './expansion.ts';
export { fieldValue, type PodAddresses } from './fields.ts';
export type { Outcome } from './outcome.ts';
export { ownValue } from './own.ts';
export { type ResourceSelector, resourceValue } from './resources.ts';
export { KUBERNETES_SERVICE, type ServiceLink } from './services.ts';
export { containerEnvironment, type Environment, type EnvironmentSources, hostnameOf, type Variable } from './variables.ts';
