// Virtual time in words.

/** Seconds since the start, such as 1d 02:03:04 or 00:10.5. */
export function formatElapsed(seconds: number): string {
  const whole = Math.floor(seconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  const clock = `${pad(Math.floor(whole / 3600) % 24)}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}`;
  const rest = Math.round((seconds - whole) * 1000);
  const days = Math.floor(whole / 86_400);
  return `${days > 0 ? `${days}d ` : ''}${clock}${rest > 0 ? `.${String(rest).padStart(3, '0').replace(/0+$/, '')}` : ''}`;
}

/** A time of the virtual clock, without the letters that machines need. */
export function formatTime(time: string): string {
  return time.replace('T', ' ').replace(/(?:\.\d+)?Z$/, '');
}

/** A span of time, at most two units of it. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 1) return `${Math.round(milliseconds)}ms`;
  if (seconds < 60) return `${Number(seconds.toFixed(1))}s`;
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}

/** As the service wants an instant. */
export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}
