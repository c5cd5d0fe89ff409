// A value, or the text by which the kubelet says why there is none.

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };
