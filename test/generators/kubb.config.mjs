import { defineConfig } from '@kubb/core';
import { pluginClient } from '@kubb/plugin-client';
import { pluginOas } from '@kubb/plugin-oas';
import { pluginTs } from '@kubb/plugin-ts';

// oxlint-disable-next-line import/no-default-export -- kubb reads it so
export default defineConfig({
  root: '.',
  input: { path: '../../openapi/service.json' },
  output: { path: './out/kubb', clean: true, extension: { '.ts': '.ts' } },
  plugins: [pluginOas({ generators: [] }), pluginTs(), pluginClient({ client: 'fetch' })],
});
