// The frame of every view: where one is, what was done last, and what the service has to say.

import { ClusterView } from '../cluster/cluster-view.tsx';
import { ClustersView } from '../clusters/clusters-view.tsx';
import { CompareView } from '../compare/compare-view.tsx';
import { FaultMenuHost } from '../faults/fault-menu.tsx';
import { ReportView } from '../report/report-view.tsx';
import { notice } from '../state/notices.ts';
import { route } from '../state/route.ts';
import { isTokenWanted, token } from '../state/token.ts';
import { TourPanel } from '../tour/tour-panel.tsx';
import { goToStep, step } from '../tour/tour.ts';
import { text } from '../text/text.ts';
import { CommandStrip } from './command-strip.tsx';
import { isHelpOpen } from './keys.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { TokenDialog } from './token-dialog.tsx';

export function App() {
  const { page, cluster, with: other } = route.value;
  return (
    <>
      <a class="skip" href="#content" onClick={focusContent}>
        {text.skip}
      </a>
      <header class="top">
        <a class="brand" href="#/">
          <Emblem /> {text.product}
        </a>
        {cluster === undefined ? (
          <span class="tagline">{text.tagline}</span>
        ) : (
          <span class="crumb">{other === undefined || other === cluster ? cluster : `${cluster} ↔ ${other}`}</span>
        )}
        <nav class="links">
          {token.value === '' ? null : (
            <button type="button" class="quiet" onClick={() => (isTokenWanted.value = true)}>
              {text.token.change}
            </button>
          )}
          <button type="button" class="quiet learn" onClick={() => goToStep(0)}>
            {text.tour.open}
          </button>
          <a href="docs">{text.apiReference}</a>
          <button type="button" class="quiet" aria-label={text.shortcuts} title={text.shortcuts} onClick={() => (isHelpOpen.value = true)}>
            ?
          </button>
        </nav>
      </header>
      <main id="content" tabIndex={-1}>
        {page === 'report' ? <ReportView /> : null}
        {page === undefined && cluster === undefined ? <ClustersView key={token.value} /> : null}
        {cluster !== undefined && other === undefined ? <ClusterView key={`${cluster} ${token.value}`} name={cluster} /> : null}
        {cluster !== undefined && other !== undefined ? (
          <CompareView key={`${cluster} ${other} ${token.value}`} name={cluster} other={other} />
        ) : null}
        <FaultMenuHost />
      </main>
      {step.value === undefined ? null : <TourPanel />}
      <NoticeLine />
      <CommandStrip />
      {isTokenWanted.value ? <TokenDialog /> : null}
      {isHelpOpen.value ? <KeysDialog /> : null}
    </>
  );
}

function NoticeLine() {
  const now = notice.value;
  return (
    <div class="notices" role="status" aria-live="polite">
      {now === undefined ? null : (
        <p class={now.isProblem ? 'notice problem' : 'notice'}>
          <span>{now.message}</span>
          {now.action === undefined ? null : (
            <button
              type="button"
              onClick={() => {
                notice.value = undefined;
                now.action?.run();
              }}
            >
              {now.action.label}
            </button>
          )}
          <button type="button" class="quiet" aria-label={text.close} onClick={() => (notice.value = undefined)}>
            ×
          </button>
        </p>
      )}
    </div>
  );
}

function Emblem() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <g fill="none" stroke="currentColor" stroke-width="2">
        <circle cx="16" cy="16" r="13" opacity=".55" />
        <circle cx="16" cy="16" r="7" opacity=".35" />
      </g>
      <g fill="currentColor">
        <circle cx="16" cy="16" r="3" />
        <circle cx="25.2" cy="6.8" r="3" />
        <circle cx="9.6" cy="18.8" r="2" />
      </g>
    </svg>
  );
}

/** The address holds the view, so that a link of its own kind would leave it. */
function focusContent(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#content')?.focus();
}
