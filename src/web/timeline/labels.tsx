// The names of the rows that are seen, to fold and to choose.

import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { text } from '../text/text.ts';
import type { Line } from './layout.ts';
import { AXIS_HEIGHT, ROW_HEIGHT } from './paint.ts';

interface LabelsProps {
  readonly lines: readonly Line[];
  readonly scrollTop: number;
  readonly chosen: string | undefined;
  readonly onFold: (line: Line) => void;
  readonly onChoose: (line: Line) => void;
  readonly onMenu: (line: Line, event: MouseEvent) => void;
}

/** More than any screen has. */
const LINES_SEEN_MAX = 80;

/** With every step of the clock the timeline is another one, its names are not: they are made anew only when others are seen. */
export function Labels(props: LabelsProps) {
  const { lines, scrollTop, chosen } = props;
  const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT));
  const seen = lines.slice(first, first + LINES_SEEN_MAX);
  const kept = useRef<Kept | undefined>(undefined);
  const known = kept.current;
  if (known?.scrollTop === scrollTop && known.chosen === chosen && areSame(known.seen, seen)) return known.made;
  const made = <Names {...props} seen={seen} first={first} />;
  kept.current = { scrollTop, chosen, seen, made };
  return made;
}

interface Kept {
  readonly scrollTop: number;
  readonly chosen: string | undefined;
  readonly seen: readonly Line[];
  readonly made: VNode;
}

function areSame(lines: readonly Line[], others: readonly Line[]): boolean {
  return (
    lines.length === others.length &&
    lines.every((line, index) => {
      const other = others[index];
      return line.row === other?.row && line.depth === other.depth && line.isFolded === other.isFolded;
    })
  );
}

interface NamesProps extends LabelsProps {
  readonly seen: readonly Line[];
  readonly first: number;
}

function Names({ seen, first, scrollTop, chosen, onFold, onChoose, onMenu }: NamesProps) {
  return (
    <div class="labels" style={{ paddingTop: `${AXIS_HEIGHT}px` }}>
      <div class="labels-window">
        <ul style={{ transform: `translateY(${first * ROW_HEIGHT - scrollTop}px)` }}>
          {seen.map((line) => (
            <li key={line.row.id} class={line.row.id === chosen ? 'chosen' : ''} style={{ paddingLeft: `${line.depth * 12 + 4}px` }}>
              {line.isFolded === undefined ? (
                <span class="fold" />
              ) : (
                <button
                  type="button"
                  class="fold"
                  aria-expanded={!line.isFolded}
                  aria-label={text.timeline.fold(line.row.name)}
                  onClick={() => onFold(line)}
                >
                  <span aria-hidden="true">{line.isFolded ? '▸' : '▾'}</span>
                </button>
              )}
              <button
                type="button"
                class={`row-name kind-${line.row.kind}`}
                title={titleOf(line)}
                onClick={() => onChoose(line)}
                onContextMenu={(event) => onMenu(line, event)}
              >
                <Name line={line} />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function titleOf({ row: { kind, resource, namespace, name } }: Line): string {
  const place = namespace === undefined || namespace === 'default' ? '' : ` · ${namespace}`;
  return `${kind === 'container' ? text.timeline.container : resource} ${name}${place}`;
}

/** Pods of one workload differ at the end of their names, which is seen, too, where there is no room for all of it. */
function Name({ line: { row } }: { readonly line: Line }) {
  const end = row.kind === 'pod' && row.parent !== undefined ? row.name.lastIndexOf('-') : -1;
  if (end <= 0 || row.name.length - end > TAIL_MAX) return <bdi>{row.name}</bdi>;
  return (
    <bdi class="split">
      <span class="head">{row.name.slice(0, end)}</span>
      <span class="tail">{row.name.slice(end)}</span>
    </bdi>
  );
}

const TAIL_MAX = 8;
