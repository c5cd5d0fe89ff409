// What is used here of the runtime workerd.

declare module 'cloudflare:workers' {
  import type { ObjectStorage } from '../../db/object-database.ts';

  export interface ObjectState {
    /** Who asks for an object from another instance does not tell it its name. */
    readonly id: { toString(): string };
    readonly storage: ObjectStorage & {
      readonly kv: {
        get(key: string): unknown;
        put(key: string, value: unknown): void;
        delete(key: string): boolean;
        list(options: { readonly prefix: string }): Iterable<readonly [key: string, value: unknown]>;
      };
      setAlarm(atMs: number): Promise<void>;
      deleteAlarm(): Promise<void>;
      deleteAll(): Promise<void>;
    };
    /** Nobody is served until it is done. */
    blockConcurrencyWhile<T>(body: () => Promise<T>): Promise<T>;
    /** The object stays in memory until it is done. */
    waitUntil(work: Promise<unknown>): void;
  }

  /** An object, as who is elsewhere calls it. */
  export type Stub<T> = { fetch(request: Request): Promise<Response> } & {
    readonly [K in keyof T as K extends 'fetch' ? never : K]: T[K];
  };

  export interface Namespace<T> {
    getByName(name: string): Stub<T>;
    idFromName(name: string): { toString(): string };
  }

  export class DurableObject<Env> {
    constructor(context: ObjectState, env: Env);
    protected readonly ctx: ObjectState;
    protected readonly env: Env;
  }

  /** Crosses as something that can be called. */
  export const RpcTarget: new () => object;
}

/** The two ends of a WebSocket: the first is answered with, the second is served here. */
declare class WebSocketPair {
  readonly 0: object;
  readonly 1: ServedSocket;
}

interface ServedSocket {
  /** As what bytes arrive; `blob` unless it is set. */
  binaryType: 'arraybuffer' | 'blob';
  accept(): void;
  send(message: string | Uint8Array): void;
  close(code?: number): void;
  addEventListener(type: 'message', listener: (event: { readonly data: string | ArrayBuffer }) => void): void;
  addEventListener(type: 'close' | 'error', listener: () => void): void;
}
