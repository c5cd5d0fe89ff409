// The menu of what may go wrong: on a node, a pod, a container or an image, wherever one is shown. What is chosen opens a dialog that says when, and for how long.

import { signal } from '@preact/signals';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Session } from '../cluster/session.ts';
import { text } from '../text/text.ts';
import { FaultDialog } from './fault-dialog.tsx';
import { type FaultTarget, type FaultType, typesOf } from './fault-types.ts';

interface OpenMenu {
  readonly session: Session;
  readonly target: FaultTarget;
  readonly x: number;
  readonly y: number;
  /** Gets the focus back. */
  readonly opener: HTMLElement | undefined;
}

const opened = signal<OpenMenu | undefined>(undefined);

/** Opens the menu where a pointer is, or below what has the focus. */
export function openFaultMenu(session: Session, target: FaultTarget, event: Event): void {
  event.preventDefault();
  // What was cannot be broken.
  if (session.pastMs.value !== undefined) return;
  const at = event.currentTarget instanceof HTMLElement ? event.currentTarget : undefined;
  const box = at?.getBoundingClientRect();
  const { clientX = 0, clientY = 0 } = event as Partial<MouseEvent>;
  const isPointed = event.type === 'contextmenu' && (clientX > 0 || clientY > 0);
  const [x, y] = isPointed ? [clientX, clientY] : [box?.left ?? 0, box?.bottom ?? 0];
  opened.value = { session, target, x, y, opener: at };
}

/** A button where there is something to break. */
export function FaultButton({
  session,
  target,
  label,
}: {
  readonly session: Session;
  readonly target: FaultTarget;
  readonly label?: string;
}) {
  return (
    <button
      type="button"
      class={label === undefined ? '' : 'quiet'}
      aria-haspopup="menu"
      aria-label={label}
      disabled={session.pastMs.value !== undefined}
      onClick={(event) => openFaultMenu(session, target, event)}
    >
      {text.faults.add}
    </button>
  );
}

/** The menu that is open, or the dialog that it led to. */
export function FaultMenuHost() {
  const menu = opened.value;
  const [chosen, setChosen] = useState<(OpenMenu & { readonly type: FaultType }) | undefined>(undefined);
  const leave = ({ opener }: OpenMenu) => {
    opened.value = undefined;
    setChosen(undefined);
    opener?.focus();
  };
  if (chosen !== undefined)
    return <FaultDialog session={chosen.session} target={chosen.target} type={chosen.type} onClose={() => leave(chosen)} />;
  if (menu === undefined) return null;
  return <Menu key={`${menu.x} ${menu.y}`} menu={menu} onChoose={(type) => setChosen({ ...menu, type })} onLeave={() => leave(menu)} />;
}

interface MenuProps {
  readonly menu: OpenMenu;
  readonly onChoose: (type: FaultType) => void;
  readonly onLeave: () => void;
}

const MARGIN = 8;

function Menu({ menu, onChoose, onLeave }: MenuProps) {
  const list = useRef<HTMLUListElement>(null);
  const { target, x, y } = menu;
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN))}px`;
    element.style.top = `${Math.max(MARGIN, Math.min(y, innerHeight - height - MARGIN))}px`;
    items(element)[0]?.focus();
  }, [x, y]);
  useLayoutEffect(() => {
    const onPointer = (event: PointerEvent) => {
      if (!list.current?.contains(event.target as Node)) onLeave();
    };
    addEventListener('pointerdown', onPointer);
    addEventListener('resize', onLeave);
    return () => {
      removeEventListener('pointerdown', onPointer);
      removeEventListener('resize', onLeave);
    };
  }, []);
  return (
    <ul class="menu" role="menu" ref={list} aria-label={titleOf(target)} onKeyDown={(event) => onKey(event, onLeave)}>
      <li role="none" class="menu-title muted small">
        <bdi>{titleOf(target)}</bdi>
      </li>
      {typesOf(target).map((type) => (
        <li key={type} role="none">
          <button type="button" role="menuitem" tabIndex={-1} onClick={() => onChoose(type)}>
            {text.faults.types[type]}
          </button>
        </li>
      ))}
    </ul>
  );
}

function items(list: Element): readonly HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[role=menuitem]')];
}

function titleOf({ kind, values }: FaultTarget): string {
  return `${text.faults.fields[kind]} ${values[kind] ?? ''}`;
}

/** Arrows go round, Escape and Tab leave; nothing that is pressed here is a key of the page. */
function onKey(event: KeyboardEvent, onLeave: () => void): void {
  event.stopPropagation();
  const all = items(event.currentTarget as Element);
  const index = all.indexOf(document.activeElement as HTMLElement);
  const places: Readonly<Record<string, number>> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: -1 };
  const place = places[event.key];
  if (place !== undefined) all.at(place % all.length)?.focus();
  else if (event.key === 'Escape' || event.key === 'Tab') onLeave();
  else return;
  event.preventDefault();
}
