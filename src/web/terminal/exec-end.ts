// How a command in a container ended, as the Status at the end of its session says it.

/** How a command ended: by itself, refused by the cluster, or nobody knows. */
export type ExecEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'failed'; readonly message: string }
  /** The connection went, or was never there. */
  | { readonly kind: 'lost'; readonly wasOpen: boolean };

interface ExecStatus {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/** The Status that ends a session. */
export function endOf(text: string): ExecEnd {
  const { status, message = text, reason, details } = JSON.parse(text) as ExecStatus;
  if (status === 'Success') return { kind: 'exited', code: 0 };
  const code = details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message;
  if (reason === 'NonZeroExitCode' && code !== undefined) return { kind: 'exited', code: Number(code) };
  return { kind: 'failed', message };
}
