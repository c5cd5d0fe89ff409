// Draws the timeline on a canvas: only what is seen, and of what shares a pixel only one thing.

import { text } from '../text/text.ts';
import { formatElapsed } from '../text/time.ts';
import { barsOf, type Line, type Range, ticksOf } from './layout.ts';
import { lastMarkNotAfter, type Mark, type Scheduled, type TimelineModel } from './model.ts';
import { lookOf, type Pattern, stateName } from './states.ts';

export const ROW_HEIGHT = 26;
export const AXIS_HEIGHT = 34;
const BAR_INSET = 4;
const LABEL_WIDTH_MIN = 30;

export interface Scene {
  readonly model: TimelineModel;
  /** What is to come. */
  readonly scheduled: readonly Scheduled[];
  readonly lines: readonly Line[];
  readonly range: Range;
  readonly startMs: number;
  readonly nowMs: number;
  /** The moment that is shown. */
  readonly shownMs: number;
  readonly scrollTop: number;
  readonly width: number;
  readonly height: number;
  /** Id of the row that is looked at. */
  readonly chosen: string | undefined;
}

export interface Theme {
  readonly tones: Readonly<Record<string, string>>;
  readonly patterns: Readonly<Record<Pattern, CanvasPattern | undefined>>;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly panel: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly danger: string;
  readonly past: string;
  readonly font: string;
}

type Canvas2D = CanvasRenderingContext2D;

export function paint(context: Canvas2D, scene: Scene, theme: Theme): void {
  const { width, height, range } = scene;
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, width, height);
  context.font = theme.font;
  context.textBaseline = 'middle';
  const xOf = (atMs: number) => ((atMs - range.fromMs) / (range.toMs - range.fromMs)) * width;
  paintAxis(context, scene, theme, xOf);
  context.save();
  context.beginPath();
  context.rect(0, AXIS_HEIGHT, width, height - AXIS_HEIGHT);
  context.clip();
  const first = Math.floor(scene.scrollTop / ROW_HEIGHT);
  const last = Math.min(scene.lines.length - 1, Math.ceil((scene.scrollTop + height) / ROW_HEIGHT));
  for (let index = first; index <= last; index += 1) paintRow(context, scene, theme, xOf, index);
  context.restore();
  paintTime(context, scene, theme, xOf);
}

type ToPixel = (atMs: number) => number;

function paintAxis(context: Canvas2D, scene: Scene, theme: Theme, xOf: ToPixel): void {
  const { range, startMs, width, height, model } = scene;
  context.textAlign = 'left';
  for (const atMs of ticksOf(range, startMs, width)) {
    const x = Math.round(xOf(atMs)) + 0.5;
    context.strokeStyle = theme.line;
    strokeLine(context, x, 18, x, height);
    const label = formatElapsed((atMs - startMs) / 1000);
    // Half a label says something else.
    if (x + 5 + context.measureText(label).width > width) continue;
    context.fillStyle = theme.muted;
    context.fillText(label, x + 5, 11);
  }
  context.strokeStyle = theme.line;
  strokeLine(context, 0, AXIS_HEIGHT - 0.5, width, AXIS_HEIGHT - 0.5);
  paintMarks(context, model.marks, AXIS_HEIGHT - 8, scene, theme, xOf);
  for (const { atMs } of scene.scheduled) {
    const x = Math.round(xOf(atMs)) + 0.5;
    context.strokeStyle = theme.danger;
    context.setLineDash([2, 4]);
    strokeLine(context, x, AXIS_HEIGHT, x, height);
    context.setLineDash([]);
    paintScheduled(context, x, AXIS_HEIGHT - 8, theme);
  }
}

/** An empty square. */
function paintScheduled(context: Canvas2D, x: number, y: number, theme: Theme): void {
  context.strokeStyle = theme.danger;
  context.fillStyle = theme.panel;
  context.beginPath();
  context.rect(x - 4, y - 4, 8, 8);
  context.fill();
  context.stroke();
}

function paintRow(context: Canvas2D, scene: Scene, theme: Theme, xOf: ToPixel, index: number): void {
  const { lines, range, nowMs, width, scrollTop, chosen } = scene;
  const line = lines[index];
  if (line === undefined) return;
  const top = AXIS_HEIGHT + index * ROW_HEIGHT - scrollTop;
  if (line.row.id === chosen) {
    context.globalAlpha = 0.6;
    context.fillStyle = theme.accentSoft;
    context.fillRect(0, top, width, ROW_HEIGHT);
    context.globalAlpha = 1;
  }
  context.strokeStyle = theme.line;
  strokeLine(context, 0, top + ROW_HEIGHT - 0.5, width, top + ROW_HEIGHT - 0.5);
  const pixelMs = (range.toMs - range.fromMs) / width;
  // Whole workloads and nodes are flatter, so that what is in them stands out.
  const inset = line.row.kind === 'pod' || line.row.kind === 'container' ? BAR_INSET : BAR_INSET + 2;
  // A folded pod shows what happened to its containers.
  const inside = line.isFolded === true && line.row.kind === 'pod' ? (scene.model.children.get(line.row.id) ?? []) : [];
  const marked = [line.row, ...inside];
  const freeAt: FreePlace = (from, labelWidth, to) => {
    for (let x = from, tries = 0; x + labelWidth <= to && tries < LABEL_TRIES; tries += 1) {
      const [fromMs, toMs] = [x - MARK_PIXELS, x + labelWidth + MARK_PIXELS].map((edge) => range.fromMs + edge * pixelMs) as [
        number,
        number,
      ];
      const lastMs = Math.max(...marked.map(({ marks }) => marks[lastMarkNotAfter(marks, toMs)]?.atMs ?? Number.NEGATIVE_INFINITY));
      if (lastMs < fromMs) return x;
      x = xOf(lastMs) + MARK_PIXELS + 3;
    }
    return undefined;
  };
  for (const bar of barsOf(line.row, range, nowMs, pixelMs)) {
    const left = Math.max(-2, xOf(bar.fromMs));
    const right = Math.min(width + 2, Math.max(left + 1, xOf(bar.toMs) - 0.75));
    paintBar(context, theme, bar.state, { x: left, y: top + inset, width: right - left, height: ROW_HEIGHT - 2 * inset }, freeAt);
  }
  for (const { marks } of marked) paintMarks(context, marks, top + ROW_HEIGHT / 2, scene, theme, xOf);
  for (const { atMs, row } of scene.scheduled)
    if (row === line.row.id) paintScheduled(context, Math.round(xOf(atMs)) + 0.5, Math.round(top + ROW_HEIGHT / 2), theme);
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where from a place on, and before an end, a label of a width stands under no mark: there it could not be read. */
type FreePlace = (from: number, labelWidth: number, to: number) => number | undefined;

/** Marks that a label makes way for. */
const LABEL_TRIES = 4;

function paintBar(context: Canvas2D, theme: Theme, state: string, { x, y, width, height }: Box, freeAt: FreePlace): void {
  const { tone, pattern } = lookOf(state);
  const shape = () => {
    context.beginPath();
    context.roundRect(x, y, width, height, Math.min(3, width / 2));
    context.fill();
  };
  context.fillStyle = theme.tones[tone] ?? theme.line;
  shape();
  const fill = theme.patterns[pattern];
  const name = stateName(state);
  const labelWidth = width < LABEL_WIDTH_MIN ? 0 : context.measureText(name).width;
  const left = labelWidth === 0 ? undefined : freeAt(Math.max(x, 0) + 5, labelWidth, x + width - 5);
  if (fill !== undefined && width >= 2) {
    context.fillStyle = fill;
    shape();
  }
  if (left === undefined) return;
  if (fill !== undefined) {
    // The label stands on plain ground.
    context.fillStyle = theme.tones[tone] ?? theme.line;
    context.fillRect(left - 2, y, labelWidth + 4, height);
  }
  context.fillStyle = theme.text;
  context.textAlign = 'left';
  context.fillText(name, left, y + height / 2 + 0.5);
}

/** Marks that would stand within so many pixels of each other are one. */
const MARK_PIXELS = 5;

function paintMarks(context: Canvas2D, marks: readonly Mark[], y: number, scene: Scene, theme: Theme, xOf: ToPixel): void {
  let lastX = Number.NEGATIVE_INFINITY;
  for (const { atMs, type } of marks) {
    // What was told of the future may not come: what waits is drawn as such.
    if (atMs < scene.range.fromMs || atMs > Math.min(scene.range.toMs, scene.nowMs)) continue;
    const x = xOf(atMs);
    if (x - lastX < MARK_PIXELS) continue;
    lastX = x;
    context.fillStyle = type === 'command' ? theme.accent : type === 'warning' || type === 'probe-failure' ? theme.past : theme.danger;
    context.strokeStyle = theme.panel;
    context.lineWidth = 1.5;
    markShape(context, type, x, y);
    context.stroke();
    context.fill();
    context.lineWidth = 1;
  }
}

/** Corners of marks around their place. */
const SHAPES: Partial<Record<Mark['type'], readonly (readonly [number, number])[]>> = {
  'probe-failure': [
    [0, -5],
    [5, 4],
    [-5, 4],
  ],
  warning: [
    [0, -5],
    [5, 0],
    [0, 5],
    [-5, 0],
  ],
  command: [
    [-4, -4],
    [4, -4],
    [4, 1],
    [0, 6],
    [-4, 1],
  ],
  refused: [
    [-5, -3],
    [-3, -5],
    [0, -2],
    [3, -5],
    [5, -3],
    [2, 0],
    [5, 3],
    [3, 5],
    [0, 2],
    [-3, 5],
    [-5, 3],
    [-2, 0],
  ],
};

/**
 * A triangle where a probe failed, a ring where a container was restarted, a diamond for a warning, a square for a fault, a drop for a command, a cross for
 * one that was refused.
 */
function markShape(context: Canvas2D, type: Mark['type'], x: number, y: number): void {
  context.beginPath();
  if (type === 'restart') context.arc(x, y, 4, 0, 2 * Math.PI);
  else if (type === 'fault') context.rect(x - 4, y - 4, 8, 8);
  else {
    for (const [dx, dy] of SHAPES[type] ?? []) context.lineTo(x + dx, y + dy);
    context.closePath();
  }
}

/** The present, and the moment that is shown when that is another one; what comes after it is faint. */
function paintTime(context: Canvas2D, { nowMs, shownMs, width, height }: Scene, theme: Theme, xOf: ToPixel): void {
  const isPast = shownMs < nowMs;
  if (isPast) {
    const x = Math.max(0, xOf(shownMs));
    context.globalAlpha = 0.62;
    context.fillStyle = theme.panel;
    context.fillRect(x, AXIS_HEIGHT, width - x, height - AXIS_HEIGHT);
    context.globalAlpha = 1;
  }
  const nowX = Math.round(xOf(nowMs)) + 0.5;
  context.strokeStyle = isPast ? theme.muted : theme.accent;
  context.lineWidth = isPast ? 1 : 2;
  context.setLineDash(isPast ? [3, 3] : []);
  strokeLine(context, nowX, 18, nowX, height);
  context.setLineDash([]);
  if (isPast) {
    context.strokeStyle = theme.past;
    context.lineWidth = 2;
    const x = Math.round(xOf(shownMs)) + 0.5;
    strokeLine(context, x, 18, x, height);
    context.fillStyle = theme.muted;
    context.textAlign = 'left';
    if (nowX - x > 60) context.fillText(text.timeline.present, nowX + 4, 26);
  }
  context.lineWidth = 1;
}

function strokeLine(context: Canvas2D, fromX: number, fromY: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}
