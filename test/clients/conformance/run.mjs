// `node test/clients/conformance/run.mjs`: Kubernetes' own conformance tests against clusters of a service. Not part of `npm test`, of `npm run test:clients` or of
// continuous integration: the tests are built from upstream's sources, and poll by the time of this machine.
//   --focus <regular expression>  only tests whose names it matches      --rate <number>   of the clusters' clocks, 1 unless said: some compare them with their own
//   --report <folder>             where logs and JUnit XML go            --procs <number>  tests at the same time, 12 unless said
//   --write                       write the groups of docs/compatibility.md

import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startService } from '../support/service.mjs';
import { buildTests } from './build.mjs';
import { resultsOf, summaryOf, writeGroups } from './report.mjs';

const { values } = parseArgs({
  options: {
    focus: { type: 'string', default: '' },
    rate: { type: 'string', default: '1' },
    procs: { type: 'string', default: '12' },
    report: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const report = resolve(values.report ?? mkdtempSync(join(tmpdir(), 'conformance-')));
console.log(`Reports: ${report}`);
const programs = await buildTests();
const focus = values.focus === '' ? '' : `(${values.focus}).*`;
// Those that need a cluster for themselves have one.
const parts = await Promise.all([
  runPart('parallel', ['--procs', values.procs, `--focus=${focus}\\[Conformance\\]`, '--skip=\\[Serial\\]']),
  runPart('serial', ['--procs', '1', `--focus=${focus}\\[Serial\\].*\\[Conformance\\]`]),
]);
const results = parts.flat();
console.log(summaryOf(results));
if (values.write) writeGroups(results);

/** The results of one run of the tests, on a cluster and a service of its own. */
async function runPart(name, flags) {
  const folder = join(report, name);
  mkdirSync(folder, { recursive: true });
  // Clients of logs over WebSockets say that they are pages of this origin.
  const service = await startService(['--default-cluster', 'conformance', '--allowed-origins', 'http://localhost']);
  try {
    await runTests(folder, await makeCluster(folder, service.url), flags);
  } finally {
    await service.stop();
  }
  const junit = join(folder, 'junit_01.xml');
  if (!existsSync(junit)) throw new Error(`The tests wrote no ${junit}; ${join(folder, 'output.log')} says why.`);
  return resultsOf(readFileSync(junit, 'utf8'));
}

/** A cluster of three nodes that begins now; returns the file of its kubeconfig. */
async function makeCluster(folder, url) {
  const body = { name: 'conformance', startTime: 'now', clock: { mode: 'running', rate: Number(values.rate) }, nodes: 3 };
  const made = await fetch(`${url}/v1/clusters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!made.ok) throw new Error(await made.text());
  const answer = await fetch(`${url}/v1/clusters/conformance/kubeconfig`);
  if (!answer.ok) throw new Error(await answer.text());
  const file = join(folder, 'kubeconfig');
  // Many tests ask for paths at the root of the server.
  writeFileSync(file, (await answer.text()).replaceAll(/(server: \S+?)\/clusters\/\S*/g, '$1'));
  return file;
}

async function runTests(folder, kubeconfig, flags) {
  const tests = ['--kubeconfig', kubeconfig, '--provider=skeleton', '--num-nodes=2', `--report-dir=${folder}`, '--disable-log-dump'];
  const words = [...flags, '--timeout=4h', '--no-color', programs.tests, '--', ...tests];
  const child = spawn(programs.ginkgo, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = createWriteStream(join(folder, 'output.log'));
  for (const stream of [child.stdout, child.stderr]) stream.pipe(output, { end: false });
  await new Promise((done) => child.once('exit', done));
  output.end();
}
