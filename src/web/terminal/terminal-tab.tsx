// A terminal in a container of a pod, and its log as it grows, on one screen.

import { useEffect, useRef, useState } from 'preact/hooks';
import { quote } from '../api/curl.ts';
import type { Session } from '../cluster/session.ts';
import { ContainerChoice } from '../objects/container-choice.tsx';
import { containersOf } from '../objects/logs.tsx';
import { Command } from '../shell/command-strip.tsx';
import { attempt } from '../state/notices.ts';
import { route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatObject, type ObjectName } from '../timeline/objects.ts';
import type { Screen } from './screen.ts';
import { listenTo, type Place, type Talk, type TalkEnd, talkTo } from './talk.ts';
import { wordsOf } from './words.ts';

type What = 'shell' | 'log';

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly what: What }
  | { readonly kind: 'ended'; readonly end: TalkEnd };

export function TerminalTab({ session, object }: { readonly session: Session; readonly object: ObjectName }) {
  const { at } = route.value;
  void session.version.value;
  const names = containersOf(session, object);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [line, setLine] = useState('sh');
  const container = names.find((name) => name === chosen) ?? names[0];
  const place: Place = { cluster: session.name, pod: object, container, at };
  const { state, start, stop, element, leave } = useTalk(place);
  const words = wordsOf(line);
  const scope = `${quote(object.name)} -n ${quote(object.namespace ?? 'default')}${container === undefined ? '' : ` -c ${quote(container)}`}`;
  const isOpen = state.kind === 'open' || state.kind === 'opening';
  return (
    <div class="terminal-tab">
      <form
        class="terminal-tools"
        onSubmit={(event) => {
          event.preventDefault();
          if (words.length > 0) start('shell', words);
        }}
      >
        <ContainerChoice names={names} chosen={container} onChoose={setChosen} />
        {at === undefined ? (
          <>
            <input aria-label={text.terminal.command} value={line} onInput={(event) => setLine(event.currentTarget.value)} />
            <button type="submit" class="primary" disabled={words.length === 0}>
              {text.terminal.open}
            </button>
          </>
        ) : null}
        <button type="button" onClick={() => start('log', [])}>
          {text.terminal.follow}
        </button>
        <button type="button" ref={leave} disabled={!isOpen} onClick={stop}>
          {text.terminal.stop}
        </button>
      </form>
      {at === undefined ? <Command command={`kubectl exec -it ${scope} -- ${words.map(quote).join(' ')}`} /> : null}
      <p class="muted small" role="status">
        <bdi>{wordsOfState(state)}</bdi>
        {isOpen && session.clock.value?.mode === 'manual' ? ` ${text.terminal.standsStill}` : ''}
      </p>
      <div class="terminal-screen" ref={element} role="group" aria-label={text.inspector.terminal} />
    </div>
  );
}

function wordsOfState(state: State): string {
  if (state.kind === 'idle') return text.terminal.hint;
  if (state.kind === 'opening') return text.loading;
  if (state.kind === 'open') return state.what === 'shell' ? text.terminal.talking : text.terminal.following;
  const { end } = state;
  if (end.kind === 'exited') return text.terminal.exited(end.code);
  if (end.kind === 'failed') return end.message;
  return end.kind === 'read' ? text.terminal.read : text.terminal.lost;
}

/** The screen, and what is on it; another pod, container or moment ends that. */
function useTalk(place: Place) {
  const [state, setState] = useState<State>({ kind: 'idle' });
  const element = useRef<HTMLDivElement>(null);
  const leave = useRef<HTMLButtonElement>(null);
  const held = useRef<{ screen?: Screen; talk?: Talk | undefined; turn: number }>({ turn: 0 });
  const end = () => {
    held.current.turn += 1;
    held.current.talk?.close();
    held.current.talk = undefined;
  };
  const key = `${place.cluster} ${formatObject(place.pod)} ${place.container ?? ''} ${place.at ?? ''}`;
  useEffect(
    () => () => {
      end();
      setState({ kind: 'idle' });
    },
    [key],
  );
  useEffect(() => () => held.current.screen?.dispose(), []);
  const start = (what: What, command: readonly string[]) =>
    void attempt(async () => {
      end();
      const { turn } = held.current;
      setState({ kind: 'opening' });
      const { openScreen } = await import('./screen.ts');
      if (element.current === null || held.current.turn !== turn) return;
      const screen = (held.current.screen ??= openScreen(element.current, {
        onInput: (typed) => held.current.talk?.write(typed),
        onResize: (columns, rows) => held.current.talk?.resize(columns, rows),
        onLeave: () => leave.current?.focus(),
      }));
      screen.reset(what === 'shell');
      const handlers = {
        onOpen: () => setState({ kind: 'open', what }),
        onEnd(how: TalkEnd) {
          if (held.current.turn !== turn) return;
          held.current.talk = undefined;
          setState({ kind: 'ended', end: how });
        },
      };
      held.current.talk = what === 'shell' ? talkTo(place, command, screen, handlers) : listenTo(place, screen, handlers);
      if (what === 'shell') screen.focus();
      element.current.scrollIntoView({ block: 'nearest' });
    });
  const stop = () => {
    end();
    setState({ kind: 'idle' });
  };
  return { state, start, stop, element, leave };
}
