// npm passes a signal on to the shell in which it runs a script, and that shell passes it on to nobody: who ends npm would leave the service behind.

/** How often the parent is looked at, milliseconds. */
const PERIOD_MS = 250;

/** Ends this process, as SIGTERM does, when the shell is gone in which npm started it. */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, PERIOD_MS);
  look.unref();
}
