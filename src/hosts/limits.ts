// The bounds of the service that an operator may set, as `name=number,...`. Defaults and reasons: service/limits.ts, http/rest/request-body.ts.

import type { ServiceLimits } from '../service/limits.ts';

/** What `--limits` says; what is absent keeps its default. */
export interface Limits {
  readonly service: Partial<ServiceLimits>;
  readonly bodyBytesMax?: number;
  readonly clusterBytesMax?: number;
  /** Of the heap of a worker. */
  readonly workerMegabytesMax?: number;
  /** Wall time without a turn of its event loop after which a worker is ended. */
  readonly silenceMsMax?: number;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Apply = (limits: Writable<Limits> & { service: Writable<Partial<ServiceLimits>> }, value: number) => void;

/** Name of each limit and where it goes. */
export const LIMIT_SETTINGS: Readonly<Record<string, Apply>> = {
  clusters: (limits, value) => void (limits.service.clustersMax = value),
  'clusters-in-memory': (limits, value) => void (limits.service.liveClustersMax = value),
  'idle-seconds': (limits, value) => void (limits.service.idleMs = value * 1000),
  objects: (limits, value) => void (limits.service.objectsMax = value),
  watches: (limits, value) => void (limits.service.watchesMax = value),
  'slice-changes': (limits, value) => void (limits.service.sliceChangesMax = value),
  'body-bytes': (limits, value) => void (limits.bodyBytesMax = value),
  'cluster-bytes': (limits, value) => void (limits.clusterBytesMax = value),
  'worker-megabytes': (limits, value) => void (limits.workerMegabytesMax = value),
  'silence-seconds': (limits, value) => void (limits.silenceMsMax = value * 1000),
};

/** Reads `name=number,...`. A string says what is wrong with it. */
export function readLimits(text: string): Limits | string {
  const limits: Writable<Limits> & { service: Writable<Partial<ServiceLimits>> } = { service: {} };
  for (const part of text.split(',').map((item) => item.trim())) {
    if (part === '') continue;
    const [, name = '', digits = ''] = /^([a-z-]+)=(\d+)$/.exec(part) ?? [];
    const apply = Object.hasOwn(LIMIT_SETTINGS, name) ? LIMIT_SETTINGS[name] : undefined;
    const value = Number(digits);
    if (apply === undefined || !Number.isSafeInteger(value) || value < 1)
      return `${JSON.stringify(part)} must be name=number with a number of at least 1; the names are ${Object.keys(LIMIT_SETTINGS).join(', ')}`;
    apply(limits, value);
  }
  return limits;
}
