// `npm run scenario-schema`: writes the JSON Schema of scenario files, for editors.

import { writeFileSync } from 'node:fs';
import { scenarioJsonSchema } from '../src/scenario/schema.ts';

writeFileSync(new URL('../openapi/scenario.schema.json', import.meta.url), `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
