// The names of the rows that are seen, to fold and to choose.

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

export function Labels({ lines, scrollTop, chosen, onFold, onChoose, onMenu }: LabelsProps) {
  const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT));
  const seen = lines.slice(first, first + LINES_SEEN_MAX);
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
