// Where a stream of events is. The id of an event is the resource version. When the name of the cluster was another cluster's before, the id says
// which of them it is, too: `57@0a1b2c3d`, so that nobody goes on in a history that is not his.

/** What a client sent as Last-Event-ID. `foreign`: a place in the history of another cluster. Undefined: it is no position. */
export type Position = number | 'foreign' | undefined;

/** The id of an event; `stream` is the identity of the cluster's streams, if they have one. */
export function eventIdOf(revision: string, stream: string | undefined): string {
  return stream === undefined ? revision : `${revision}@${stream}`;
}

/** Reads an id as it came; `latest` is the latest revision of the cluster. */
export function parseEventId(text: string, stream: string | undefined, latest: number): Position {
  const [, digits, of] = /^(\d{1,15})(?:@(\w{1,16}))?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const revision = Number(digits);
  return of === stream && revision <= latest ? revision : 'foreign';
}

/** What is said of a foreign position. */
export function foreignDetail(cluster: string): string {
  return `this is no position of cluster ${cluster}: it is of a cluster that had this name before, or beyond the present`;
}
