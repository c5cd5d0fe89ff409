// A report of scenarios: each run with its span, what was expected as lanes, what did not hold as marks, and a counterexample as a cluster to look at.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api, dataOf } from '../api/client.ts';
import { attempt, say } from '../state/notices.ts';
import { go } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatDuration, formatElapsed } from '../text/time.ts';
import { type ReportedRun, type ReportedViolation, readReport } from './read-report.ts';
import { type Replay, replayOf } from './replay.ts';

/** What was opened, for as long as the tab is there. */
const opened = signal<readonly ReportedRun[] | undefined>(undefined);

export function ReportView() {
  useEffect(() => {
    document.title = `${text.report.title} · ${text.product}`;
  }, []);
  const take = (content: string) => {
    const runs = readReport(content);
    if (runs === undefined) say(text.report.none, true);
    else opened.value = runs;
  };
  const takeFile = (file: File | undefined) => void file?.text().then(take);
  const runs = opened.value;
  return (
    <div
      class="report"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        takeFile(event.dataTransfer?.files[0]);
      }}
    >
      <h1>{text.report.title}</h1>
      <p class="muted">{text.report.hint}</p>
      <label class="field">
        {text.report.file}
        <input
          type="file"
          accept="application/json,.json"
          onChange={(event) => {
            takeFile(event.currentTarget.files?.[0]);
            // The same file, written again, may be opened again.
            event.currentTarget.value = '';
          }}
        />
      </label>
      {runs === undefined ? null : (
        <p role="status">
          <strong>{text.report.summary(runs.length, runs.filter(({ isGood }) => !isGood).length)}</strong>
        </p>
      )}
      {runs?.map((run, index) => (
        <Run key={`${index} ${run.title}`} run={run} />
      ))}
    </div>
  );
}

function Run({ run }: { readonly run: ReportedRun }) {
  const { title, file, isGood, fromMs, toMs, mistakes, violations } = run;
  return (
    <section class="panel" aria-label={title}>
      <header class="panel-head">
        <h2>
          <span aria-hidden="true">{isGood ? '✓ ' : '✗ '}</span>
          <bdi>{title}</bdi>
        </h2>
        <span class={isGood ? 'badge' : 'badge problem'}>{isGood ? text.report.good : text.report.bad}</span>
        <span class="muted small number">{formatDuration(toMs - fromMs)}</span>
      </header>
      <div class="pad">
        {file === undefined ? null : <p class="muted small">{file}</p>}
        {mistakes.map((mistake) => (
          <p key={mistake} class="problem">
            <bdi>{mistake}</bdi>
          </p>
        ))}
        <ol class="lanes">
          {violations.map((violation, index) => (
            <Lane key={`${index} ${violation.expected}`} violation={violation} run={run} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function Lane({ violation, run }: { readonly violation: ReportedViolation; readonly run: ReportedRun }) {
  const { expected, found, because, place, atMs, explanation, strikes } = violation;
  const sayTime = (ms: number) => formatElapsed((ms - run.fromMs) / 1000);
  const placeOf = (ms: number) => ({ left: `${((ms - run.fromMs) / (run.toMs - run.fromMs)) * 100}%` });
  const replay = replayOf(violation);
  return (
    <li>
      <p>
        <code>
          <bdi>{expected}</bdi>
        </code>{' '}
        {because === undefined ? null : (
          <span class="muted small">
            <bdi>{because}</bdi>
          </span>
        )}
      </p>
      <div class="lane" aria-hidden="true">
        <div class="lane-held" style={{ width: placeOf(atMs).left }} />
        {strikes.map((strike) => (
          <span key={`${strike.atMs} ${strike.what}`} class="lane-strike" style={placeOf(strike.atMs)} title={strike.what} />
        ))}
        <span class="lane-violation" style={placeOf(atMs)} />
      </div>
      <ul class="small">
        {strikes.map((strike) => (
          <li key={`${strike.atMs} ${strike.what}`}>
            <span class="number">{sayTime(strike.atMs)}</span> ■ <bdi>{strike.what}</bdi>
          </li>
        ))}
        <li class="problem">
          <span class="number">{sayTime(atMs)}</span> ✗ {text.report.found} <bdi>{found}</bdi>
        </li>
        {explanation.map((sentence) => (
          <li key={sentence}>
            <bdi>{sentence}</bdi>
          </li>
        ))}
      </ul>
      {place === undefined ? null : (
        <p class="muted small">
          <bdi>{place}</bdi>
        </p>
      )}
      {replay === undefined ? null : (
        <button type="button" onClick={() => void attempt(() => show(replay))}>
          {text.report.show}
        </button>
      )}
    </li>
  );
}

/** Makes the cluster in which it fails, and goes to the moment at which it did. */
async function show({ cluster, manifests, faults, to }: Replay): Promise<void> {
  const { name } = await dataOf(api.POST('/v1/clusters', { body: cluster }));
  const params = { path: { cluster: name } };
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify(manifests);
  await dataOf(api.POST('/v1/clusters/{cluster}/manifests', { params, body: body as never, bodySerializer: () => body, headers }));
  for (const fault of faults) await dataOf(api.POST('/v1/clusters/{cluster}/faults', { params, body: fault }));
  await dataOf(api.POST('/v1/clusters/{cluster}/clock/advance', { params, body: { to } }));
  go({ cluster: name });
}
