// A canvas that shows a scene.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { paint, type Scene, type Theme } from './paint.ts';
import { readTheme } from './theme.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Paints the scene whenever it is another one, at most once a frame: with the frame in which it became another one, where nothing was painted in it yet. */
export function useCanvas(scene: Omit<Scene, 'width' | 'height'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useRef<Theme | undefined>(undefined);
  const frame = useRef(0);
  const latest = useRef(scene);
  latest.current = scene;
  const size = useRef<Size | undefined>(undefined);
  const drawnAt = useRef<unknown>(undefined);
  const drawNow = () => {
    cancelAnimationFrame(frame.current);
    drawnAt.current = document.timeline.currentTime;
    drawScene(canvas.current, { ...latest.current, ...(size.current ?? NOTHING) }, theme);
  };
  const draw = () => {
    // The time of a document stands still within a frame.
    if (drawnAt.current !== document.timeline.currentTime) return drawNow();
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(drawNow);
  };
  useLayoutEffect(draw);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const repaint = () => {
      theme.current = undefined;
      draw();
    };
    dark.addEventListener('change', repaint);
    // It is told behind the layout: to ask for a size elsewhere would have everything laid out at once.
    const sizes = new ResizeObserver(([entry]) => {
      if (entry !== undefined) size.current = { width: entry.target.clientWidth, height: entry.target.clientHeight };
      repaint();
    });
    if (canvas.current?.parentElement) sizes.observe(canvas.current.parentElement);
    return () => {
      dark.removeEventListener('change', repaint);
      sizes.disconnect();
      cancelAnimationFrame(frame.current);
    };
  }, []);
  return canvas;
}

const NOTHING: Size = { width: 0, height: 0 };

function drawScene(canvas: HTMLCanvasElement | null, scene: Scene, theme: { current: Theme | undefined }): void {
  const { width, height } = scene;
  const context = canvas?.getContext('2d', { alpha: false });
  if (canvas === null || !context || width === 0 || height === 0) return;
  const scale = devicePixelRatio;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  theme.current ??= readTheme(context);
  paint(context, scene, theme.current);
}
