export const WORKER: string;
export function bundleWorker(options?: { readonly outfile?: string; readonly entry?: string; readonly hasPage?: boolean }): Promise<void>;
