// The page at /: what this is, the clusters, and where to go.

import type { Page } from './page.ts';
import { TOKEN_FIELD, TOKEN_SCRIPT } from './token-script.ts';

export function startPage(version: string): Page {
  return { title: 'Orrery', body: bodyOf(version), style: STYLE, script: `${TOKEN_SCRIPT}${SCRIPT}` };
}

const STYLE = `
.token { display: block; max-width: 24rem; margin: 1rem 0; }
nav a { margin-right: 1.2rem; }
.problem { color: #c33; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
`;

function bodyOf(version: string): string {
  return `
<header><h1>Orrery</h1><p>A clockwork model of Kubernetes, as a service. Version ${version}.</p></header>
<p>Create a simulated cluster, hand it manifests, and turn its virtual clock: pods are scheduled, pulled, started, probed, restarted and replaced
as a real cluster would do it, to the second, in milliseconds, and the same every time.</p>
<nav><a href="docs">API reference</a><a href="openapi.json">OpenAPI document</a><a href="metrics">Metrics</a><a href="readyz">Readiness</a></nav>
${TOKEN_FIELD}
<h2>Clusters</h2>
<p><button id="create">Create a cluster</button> <button id="refresh">Refresh</button> <span id="message" role="status"></span></p>
<table><thead><tr><th>Name</th><th>Virtual time</th><th>Clock</th><th>Nodes</th><th>Objects</th><th>Links</th></tr></thead><tbody id="clusters"></tbody></table>
<p><button id="more" hidden>More</button></p>
<h2>First steps</h2>
<pre id="steps"></pre>`;
}

const SCRIPT = `
const rows = document.querySelector('#clusters');
const message = document.querySelector('#message');
const more = document.querySelector('#more');
const link = (text, href) => element('a', { textContent: text, href });
const show = (text, isProblem) => { message.textContent = text; message.className = isProblem ? 'problem' : ''; };
const answerOf = async (response) => {
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  return body;
};
const rowOf = (cluster) => {
  if (cluster.state === 'broken') return element('tr', {}, element('td', {}, element('code', { textContent: cluster.name })),
    element('td', { textContent: cluster.problem, colSpan: 5, className: 'problem' }));
  const clock = cluster.clock.mode === 'running' ? 'running, ' + cluster.clock.rate + ' s/s' : 'manual';
  const links = element('td', {}, link('cluster', cluster.links.self), ' ', link('kubeconfig', cluster.links.kubeconfig), ' ',
    link('watch', cluster.links.watch + '?format=text&resource=pods'));
  const number = (value) => element('td', { textContent: value, className: 'number' });
  return element('tr', {}, element('td', {}, element('code', { textContent: cluster.name })), element('td', { textContent: cluster.now }),
    element('td', { textContent: clock }), number(cluster.nodes), number(cluster.objects), links);
};
let cursor;
const load = async (isNext) => {
  try {
    const page = await answerOf(await call('v1/clusters?limit=50' + (isNext ? '&cursor=' + encodeURIComponent(cursor) : '')));
    if (!isNext) rows.replaceChildren();
    rows.append(...page.items.map(rowOf));
    cursor = page.nextCursor;
    more.hidden = cursor === undefined;
    show(rows.children.length === 0 ? 'There are none yet.' : '', false);
  } catch (error) { show(error.message, true); }
};
document.querySelector('#refresh').addEventListener('click', () => load(false));
more.addEventListener('click', () => load(true));
document.querySelector('#create').addEventListener('click', async () => {
  try {
    const cluster = await answerOf(await call('v1/clusters', { method: 'POST' }));
    await load(false);
    show('Created ' + cluster.name + '.', false);
  } catch (error) { show(error.message, true); }
});
const base = location.origin;
document.querySelector('#steps').textContent = [
  'curl -X POST ' + base + "/v1/clusters --json '{\\"name\\": \\"demo\\"}'",
  'curl ' + base + '/v1/clusters/demo/kubeconfig > demo.kubeconfig',
  'kubectl --kubeconfig demo.kubeconfig run web --image=nginx',
  'curl -X POST ' + base + "/v1/clusters/demo/clock/advance --json '{\\"by\\": \\"30s\\"}'",
  'kubectl --kubeconfig demo.kubeconfig get pods',
].join('\\n');
load(false);
`;
