// A canvas that shows a scene.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { paint, type Scene, type Theme } from './paint.ts';
import { readTheme } from './theme.ts';

/** Paints the scene whenever it is another one, at most once a frame. */
export function useCanvas(scene: Omit<Scene, 'width' | 'height'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useRef<Theme | undefined>(undefined);
  const frame = useRef(0);
  const latest = useRef(scene);
  latest.current = scene;
  const draw = () => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => drawNow(canvas.current, latest.current, theme));
  };
  useLayoutEffect(draw);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const repaint = () => {
      theme.current = undefined;
      draw();
    };
    dark.addEventListener('change', repaint);
    const sizes = new ResizeObserver(repaint);
    if (canvas.current?.parentElement) sizes.observe(canvas.current.parentElement);
    return () => {
      dark.removeEventListener('change', repaint);
      sizes.disconnect();
      cancelAnimationFrame(frame.current);
    };
  }, []);
  return canvas;
}

function drawNow(canvas: HTMLCanvasElement | null, scene: Omit<Scene, 'width' | 'height'>, theme: { current: Theme | undefined }): void {
  const context = canvas?.getContext('2d', { alpha: false });
  const box = canvas?.parentElement;
  if (canvas === null || !context || !box) return;
  const { clientWidth: width, clientHeight: height } = box;
  const scale = devicePixelRatio;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  theme.current ??= readTheme(context);
  paint(context, { ...scene, width, height }, theme.current);
}
