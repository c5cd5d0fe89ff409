export function buildIfNeeded(): Promise<boolean>;
export function bundleService(outdir: string): void;
