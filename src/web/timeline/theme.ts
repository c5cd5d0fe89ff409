// The colours of the style sheet, for the canvas.

import type { Theme } from './paint.ts';
import type { Pattern } from './states.ts';

const TONES = ['grey', 'blue', 'cyan', 'amber', 'green', 'red', 'violet', 'slate'];
const SIZE = 7;

export function readTheme(context: CanvasRenderingContext2D): Theme {
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string) => styles.getPropertyValue(`--${name}`).trim();
  const patternOf = (pattern: Pattern) => (pattern === 'plain' ? undefined : tile(context, LINES[pattern], colour('pattern')));
  return {
    tones: Object.fromEntries(TONES.map((tone) => [tone, colour(tone)])),
    patterns: {
      plain: undefined,
      hatch: patternOf('hatch'),
      stripes: patternOf('stripes'),
      cross: patternOf('cross'),
      dots: patternOf('dots'),
    } satisfies Record<Pattern, CanvasPattern | undefined>,
    text: colour('text'),
    muted: colour('muted'),
    line: colour('line'),
    panel: colour('panel'),
    accent: colour('accent'),
    accentSoft: colour('accent-soft'),
    danger: colour('danger'),
    past: colour('past'),
    font: `11.5px ${getComputedStyle(document.body).fontFamily}`,
  };
}

/** What fills a shape in the look of a state. */
export function fillOf(context: CanvasRenderingContext2D, tone: string, pattern: Pattern): CanvasPattern | string {
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string) => styles.getPropertyValue(`--${name}`).trim();
  return tile(context, LINES[pattern], colour('pattern'), colour(tone)) ?? colour(tone);
}

const LINES: Readonly<Record<Pattern, readonly (readonly [number, number, number, number])[]>> = {
  plain: [],
  hatch: [[0, SIZE, SIZE, 0]],
  stripes: [[SIZE / 2, 0, SIZE / 2, SIZE]],
  cross: [
    [0, SIZE, SIZE, 0],
    [0, 0, SIZE, SIZE],
  ],
  dots: [[2.5, 3, 4.5, 3]],
};

function tile(
  context: CanvasRenderingContext2D,
  lines: (typeof LINES)[Pattern],
  colour: string,
  ground?: string,
): CanvasPattern | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = SIZE;
  canvas.height = SIZE;
  const brush = canvas.getContext('2d');
  if (brush === null) return undefined;
  if (ground !== undefined) {
    brush.fillStyle = ground;
    brush.fillRect(0, 0, SIZE, SIZE);
  }
  brush.strokeStyle = colour;
  brush.lineWidth = 1.3;
  for (const [fromX, fromY, toX, toY] of lines) {
    brush.beginPath();
    brush.moveTo(fromX, fromY);
    brush.lineTo(toX, toY);
    brush.stroke();
  }
  return context.createPattern(canvas, 'repeat') ?? undefined;
}
