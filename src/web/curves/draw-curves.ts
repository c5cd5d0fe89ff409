// Draws curves with uPlot, in a chunk of its own that is loaded when somebody looks at some.

import uPlot from 'uplot';
import css from 'uplot/dist/uPlot.min.css?text';
import { adopt } from '../styles/adopt.ts';
import { formatElapsed } from '../text/time.ts';
import { ticksOf } from '../timeline/layout.ts';
import { fillOf } from '../timeline/theme.ts';
import { type Curves, stacked } from './curves.ts';

export interface Drawing {
  readonly curves: Curves;
  readonly isStacked: boolean;
  /** From where times are counted, virtual milliseconds. */
  readonly startMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** The moment that is shown. */
  readonly shownMs: number;
}

export interface DrawnCurves {
  draw(drawing: Drawing): void;
  dispose(): void;
}

export interface CurveHandlers {
  /** What the pointer is at, virtual milliseconds; undefined: nothing. */
  onPoint(atMs: number | undefined): void;
  onPick(atMs: number): void;
}

const HEIGHT = 150;
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
adopt(sheet);

export function openCurves(place: HTMLElement, handlers: CurveHandlers): DrawnCurves {
  let plot: uPlot | undefined;
  let key = '';
  let latest: Drawing | undefined;
  const draw = (drawing: Drawing) => {
    latest = drawing;
    const names = drawing.curves.curves.map(({ name }) => name).join('\n');
    if (plot === undefined || names !== key) {
      plot?.destroy();
      key = names;
      plot = new uPlot(
        optionsOf(drawing, () => latest as Drawing, place.clientWidth, handlers),
        dataOf(drawing),
        place,
      );
    } else plot.setData(dataOf(drawing), false);
    plot.batch(() => {
      plot?.setScale('x', { min: drawing.fromMs, max: Math.max(drawing.toMs, drawing.fromMs + 1) });
      plot?.setScale('y', { min: 0, max: highestOf(drawing) });
    });
  };
  const sizes = new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT }));
  sizes.observe(place);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const dress = () => {
    key = '';
    if (latest !== undefined) draw(latest);
  };
  scheme.addEventListener('change', dress);
  return {
    draw,
    dispose() {
      sizes.disconnect();
      scheme.removeEventListener('change', dress);
      plot?.destroy();
    },
  };
}

function dataOf({ curves, isStacked }: Drawing): uPlot.AlignedData {
  // What stands on top is drawn first, so that what is below it covers its ground.
  const values = isStacked ? [...stacked(curves)].reverse() : curves.curves.map((curve) => curve.values);
  return [curves.times, ...values] as uPlot.AlignedData;
}

/** With room above it. */
function highestOf({ curves, isStacked }: Drawing): number {
  const values = isStacked ? (stacked(curves).at(-1) ?? []) : curves.curves.flatMap((curve) => curve.values);
  return values.reduce<number>((highest, value) => Math.max(highest, value ?? 0), 1) * 1.08;
}

function optionsOf(drawing: Drawing, latest: () => Drawing, width: number, handlers: CurveHandlers): uPlot.Options {
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string) => styles.getPropertyValue(`--${name}`).trim();
  const font = `11.5px ${getComputedStyle(document.body).fontFamily}`;
  const paths = uPlot.paths.stepped?.({ align: 1 });
  const { isStacked, curves, startMs } = drawing;
  const series = curves.curves.map(({ name, tone, pattern }, index): uPlot.Series => {
    const look =
      pattern !== undefined
        ? { fill: ({ ctx }: uPlot) => fillOf(ctx, tone, pattern), width: 1 }
        : { width: index === 0 ? 2.5 : 2, dash: DASHES[index % DASHES.length] ?? [] };
    return { label: name, stroke: colour(`curve-${tone}`), points: { show: false }, ...(paths === undefined ? {} : { paths }), ...look };
  });
  const axis = { stroke: colour('muted'), font, ticks: { show: false } };
  const grid = { stroke: colour('line'), width: 1 };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    scales: { x: { time: false, auto: false }, y: { auto: false } },
    series: [{}, ...(isStacked ? series.reverse() : series)],
    padding: [8, 30, 0, 0],
    axes: [
      {
        ...axis,
        grid,
        size: 24,
        splits: ({ bbox }, _, fromMs, toMs) => [...ticksOf({ fromMs, toMs }, startMs, bbox.width / devicePixelRatio)],
        values: (_, ticks) => ticks.map((ms) => formatElapsed((ms - startMs) / 1000)),
      },
      { ...axis, grid, size: 44, space: 28, ...(isWhole(curves) ? { incrs: WHOLE } : {}), values: (_, ticks) => ticks.map(shortNumber) },
    ],
    cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    hooks: {
      setCursor: [({ cursor, posToVal }) => handlers.onPoint(isInside(cursor.left) ? posToVal(cursor.left as number, 'x') : undefined)],
      draw: [(plot) => paintMoment(plot, latest().shownMs, colour('past'))],
      ready: [
        ({ over, posToVal }) =>
          over.addEventListener('click', ({ clientX }) => handlers.onPick(posToVal(clientX - over.getBoundingClientRect().left, 'x'))),
      ],
    },
  };
}

const isInside = (left: number | undefined): boolean => left !== undefined && left >= 0;

function paintMoment({ ctx, bbox, valToPos }: uPlot, atMs: number, colour: string): void {
  const x = Math.round(valToPos(atMs, 'x', true));
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** Half a pod is none. */
const WHOLE = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

function isWhole({ curves }: Curves): boolean {
  return curves.every(({ values }) => values.every((value) => value === null || Number.isInteger(value)));
}

/** 1.5k, 2M: short enough for an axis. */
function shortNumber(value: number): string {
  const units = [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const;
  const [unit, size] = units.find(([, one]) => Math.abs(value) >= one) ?? ['', 1];
  return `${Number((value / size).toFixed(2))}${unit}`;
}
