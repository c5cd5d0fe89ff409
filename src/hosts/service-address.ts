// Which service has a data folder: while it runs, a file in the folder says its address, so that commands beside it need not be told. It says nothing that opens it.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'service.json';

/** Notes the address of this process; a folder that takes no file is no reason not to start. */
export function noteAddress(folder: string, url: string): void {
  unlessRefused(() => writeFileSync(join(folder, FILE), `${JSON.stringify({ url, pid: process.pid })}\n`));
}

export function forgetAddress(folder: string): void {
  unlessRefused(() => rmSync(join(folder, FILE), { force: true }));
}

/** The address of the service that has the folder; undefined: none does, as far as is known. */
export function addressOf(folder: string): string | undefined {
  try {
    const { url, pid } = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as { url?: unknown; pid?: unknown };
    return typeof url === 'string' && typeof pid === 'number' && isRunning(pid) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** A process that was killed could not remove the file. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

function unlessRefused(act: () => void): void {
  try {
    act();
  } catch {
    // The file is a convenience.
  }
}
