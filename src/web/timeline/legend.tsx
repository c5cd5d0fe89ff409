// What colours, patterns and marks mean.

import { useState } from 'preact/hooks';
import { text } from '../text/text.ts';
import { Dialog } from '../shell/dialog.tsx';
import { stateClass, stateName } from './states.ts';

const POD_STATES = [
  'Pending',
  'Scheduled',
  'Waiting',
  'Pulling',
  'Starting',
  'Running',
  'Ready',
  'BackOff',
  'Terminating',
  'Succeeded',
  'Failed',
];
const OTHER_STATES = [
  'Progressing',
  'Available',
  'Stalled',
  'ScaledDown',
  'Suspended',
  'Complete',
  'NodeReady',
  'NodeNotReady',
  'NodeLost',
  'NodeCordoned',
];
const MARKS = [
  ['▲', 'probeFailure'],
  ['●', 'restart'],
  ['◆', 'warning'],
  ['■', 'fault'],
  ['□', 'scheduled'],
  ['⬟', 'command'],
  ['✖', 'refused'],
] as const;

export function Legend() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="quiet" onClick={() => setOpen(true)}>
        {text.timeline.legend}
      </button>
      {isOpen ? (
        <Dialog title={text.timeline.legend} onClose={() => setOpen(false)}>
          <div class="legend">
            <States title={text.timeline.podStates} states={POD_STATES} />
            <States title={text.timeline.otherStates} states={OTHER_STATES} />
            <section>
              <h3>{text.timeline.marks}</h3>
              <ul>
                {MARKS.map(([glyph, name]) => (
                  <li key={name}>
                    <span class={`glyph glyph-${name}`} aria-hidden="true">
                      {glyph}
                    </span>
                    {text.timeline.markNames[name]}
                  </li>
                ))}
              </ul>
            </section>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}

function States({ title, states }: { readonly title: string; readonly states: readonly string[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {states.map((state) => (
          <li key={state}>
            <span class={`swatch ${stateClass(state)}`} />
            {stateName(state)}
          </li>
        ))}
      </ul>
    </section>
  );
}
