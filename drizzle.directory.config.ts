import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./src/db/schema/clusters.ts', './src/db/schema/former-names.ts'],
  out: './migrations/directory',
});
