// A report of scenarios: each run with its span, what was expected as lanes, what did not hold as marks, and a counterexample as a cluster to look at.

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { attempt, say } from '../state/notices.ts';
import { text } from '../text/text.ts';
import { formatDuration, formatElapsed } from '../text/time.ts';
import { type ReportedHeld, type ReportedRun, type ReportedViolation, readReport } from './read-report.ts';
import { makeCluster } from './make-cluster.ts';

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
  const { title, file, isGood, fromMs, toMs, mistakes, violations, held } = run;
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
          {held.map((one, index) => (
            <HeldLane key={`${index} ${one.expected}`} held={one} run={run} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function Lane({ violation, run }: { readonly violation: ReportedViolation; readonly run: ReportedRun }) {
  const { expected, found, because, place, atMs, explanation, strikes, scenario } = violation;
  const { sayTime, placeOf } = timesOf(run);
  return (
    <li>
      <Expected expected={expected} because={because} />
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
      <Place place={place} />
      {scenario === undefined ? null : <ShowButton scenario={scenario} atMs={atMs} />}
    </li>
  );
}

function HeldLane({ held: { expected, because, place, fromMs, toMs }, run }: { readonly held: ReportedHeld; readonly run: ReportedRun }) {
  const { sayTime, placeOf } = timesOf(run);
  const [from, to] = [fromMs ?? run.fromMs, toMs ?? run.toMs];
  return (
    <li>
      <Expected expected={expected} because={because} />
      <div class="lane" aria-hidden="true">
        <div class="lane-held" style={{ marginLeft: placeOf(from).left, width: `calc(${placeOf(to).left} - ${placeOf(from).left})` }} />
      </div>
      <p class="small">
        <span class="number">
          {sayTime(from)}
          {from === to ? '' : ` – ${sayTime(to)}`}
        </span>{' '}
        ✓ {fromMs === undefined ? text.report.heldInAll : text.report.held}
      </p>
      <Place place={place} />
    </li>
  );
}

function timesOf({ fromMs, toMs }: ReportedRun) {
  return {
    sayTime: (ms: number) => formatElapsed((ms - fromMs) / 1000),
    placeOf: (ms: number) => ({ left: `${((ms - fromMs) / (toMs - fromMs)) * 100}%` }),
  };
}

function Expected({ expected, because }: Pick<ReportedHeld, 'expected' | 'because'>) {
  return (
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
  );
}

function Place({ place }: Pick<ReportedHeld, 'place'>) {
  if (place === undefined) return null;
  return (
    <p class="muted small">
      <bdi>{place}</bdi>
    </p>
  );
}

function ShowButton({ scenario, atMs }: { readonly scenario: object; readonly atMs: number }) {
  const [isBusy, setBusy] = useState(false);
  const show = async () => {
    setBusy(true);
    await attempt(() => makeCluster(scenario, atMs));
    setBusy(false);
  };
  return (
    <button type="button" disabled={isBusy} onClick={() => void show()}>
      {isBusy ? text.report.running : text.report.show}
    </button>
  );
}
