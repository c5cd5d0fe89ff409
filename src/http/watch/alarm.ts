// Waiting with an end in wall time: streams say now and then that they live, and watches end when their clients said they should.

/** The longest wait that a timer of the host can do. */
const TIMEOUT_MS_MAX = 2_147_483_647;

/** Waits for a promise, but not past a wall instant in milliseconds. */
export async function withAlarm<T>(promise: Promise<T>, atMs: number): Promise<T | 'alarm'> {
  if (atMs === Number.POSITIVE_INFINITY) return promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alarm = new Promise<'alarm'>((resolve) => {
    timer = setTimeout(() => resolve('alarm'), Math.min(Math.max(0, atMs - Date.now()), TIMEOUT_MS_MAX));
  });
  try {
    return await Promise.race([promise, alarm]);
  } finally {
    clearTimeout(timer);
  }
}
