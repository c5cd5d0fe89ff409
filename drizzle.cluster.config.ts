import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['identity', 'journal', 'records', 'changes', 'forks', 'refusals'].map((name) => `./src/db/schema/${name}.ts`),
  out: './migrations/cluster',
});
