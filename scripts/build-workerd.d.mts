export const WORKER: string;
export function bundleWorker(outfile?: string, entry?: string): Promise<void>;
