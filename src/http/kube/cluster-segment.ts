// The part of a path that names a cluster: its name, which of its incarnations is meant, and at which moment it is looked at:
// `web`, `web.1f0c…`, `web.1f0c….rv-123`, `web..command-45`, `web..1735689600000` (virtual milliseconds since 1970),
// and which client asks: `web.1f0c…..site-controller`.

import type { Instant } from '../../service/ports.ts';

export interface ClusterSegment {
  readonly name: string;
  /** Undefined: the present incarnation. */
  readonly uid: string | undefined;
  /** Undefined: now. `unknown`: there can be no such moment. */
  readonly at: Instant | 'unknown' | undefined;
  /** Who asks, as his kubeconfig names him. */
  readonly client: string | undefined;
}

export function parseClusterSegment(segment: string): ClusterSegment {
  const [name = '', uid = '', moment = '', client] = segment.split('.');
  return { name, uid: uid === '' ? undefined : uid, at: moment === '' ? undefined : parseMoment(moment), client };
}

/** `incarnation` is the name, with or without its uid. */
export function segmentOf(incarnation: string, at: Instant | undefined, client: string | undefined): string {
  if (at === undefined && client === undefined) return incarnation;
  const moment = `${incarnation}${incarnation.includes('.') ? '' : '.'}.${at === undefined ? '' : momentText(at)}`;
  return client === undefined ? moment : `${moment}.${client}`;
}

function momentText(at: Instant): string {
  if (at.kind === 'time') return String(at.ms);
  return at.kind === 'command' ? `command-${at.number}` : `rv-${at.revision}`;
}

function parseMoment(text: string): Instant | 'unknown' {
  const [, kind = '', digits = ''] = /^(rv-|command-|)(\d{1,15})$/.exec(text) ?? [];
  if (digits === '') return 'unknown';
  const number = Number(digits);
  if (kind === 'rv-') return { kind: 'revision', revision: number };
  return kind === '' ? { kind: 'time', ms: number } : { kind: 'command', number };
}
