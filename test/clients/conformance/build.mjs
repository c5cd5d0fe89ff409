// Builds Kubernetes' own conformance tests (e2e.test) and the runner of parallel suites (ginkgo) from the sources that Go's module proxy has. The module
// k8s.io/kubernetes replaces its staging modules by folders that its published form does not have, so they are asked for at the versions that go with it.

import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, run } from '../support/tools.mjs';

/** The release whose tests run. */
export const VERSION = '1.33.5';

const FILES = ['conformance/build.mjs'];
const LIBRARY_VERSION = VERSION.replace(/^1/, 'v0');

/** The two programs, made when they are not here: this takes half an hour of two cores, and four gigabytes of caches of Go. */
export async function buildTests() {
  const given = process.env.CONFORMANCE_PROGRAMS;
  const folder = given ?? (await cached('conformance', FILES, make, await run('go', ['env', 'GOVERSION'])));
  return { tests: join(folder, 'e2e.test'), ginkgo: join(folder, 'ginkgo') };
}

async function make(folder) {
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' };
  const download = await run('go', ['mod', 'download', '-json', `k8s.io/kubernetes@v${VERSION}`], { cwd: folder, env });
  const source = join(folder, 'source');
  await cp(JSON.parse(download).Dir, source, { recursive: true });
  await run('chmod', ['-R', 'u+w', source]);
  for (const name of ['vendor', 'go.work', 'go.work.sum']) await rm(join(source, name), { recursive: true, force: true });
  const file = join(source, 'go.mod');
  await writeFile(file, withPublishedLibraries(await readFile(file, 'utf8')));
  const options = { cwd: source, env };
  await run('go', ['build', '-buildvcs=false', '-o', join(folder, 'ginkgo'), 'github.com/onsi/ginkgo/v2/ginkgo'], options);
  const stamps = [`gitVersion=v${VERSION}`, 'gitMajor=1', `gitMinor=${VERSION.split('.')[1]}`];
  const flags = ['-s', '-w', ...stamps.flatMap((stamp) => ['-X', `k8s.io/component-base/version.${stamp}`])].join(' ');
  await run('go', ['test', '-c', '-vet=off', '-buildvcs=false', '-ldflags', flags, '-o', join(folder, 'e2e.test'), './test/e2e'], options);
  if (!existsSync(join(folder, 'e2e.test'))) throw new Error('go test -c left no e2e.test');
  await rm(source, { recursive: true, force: true });
}

/** go.mod with the staging modules as they are published, instead of folders. */
function withPublishedLibraries(text) {
  return text.replace(/^replace \([^)]*\)\n/m, '').replace(/^(\tk8s\.io\/[a-z-]+) v0\.0\.0$/gm, `$1 ${LIBRARY_VERSION}`);
}
