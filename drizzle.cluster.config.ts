import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./src/db/schema/identity.ts', './src/db/schema/journal.ts', './src/db/schema/records.ts', './src/db/schema/changes.ts'],
  out: './migrations/cluster',
});
