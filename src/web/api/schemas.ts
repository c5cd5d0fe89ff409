// What the service says, as its OpenAPI document describes it.

import type { components } from '../../client/service-api.generated.ts';

export type Schemas = components['schemas'];
export type Cluster = Schemas['Cluster'];
export type Problem = Schemas['Problem'];
