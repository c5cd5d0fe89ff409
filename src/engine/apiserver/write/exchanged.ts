// Objects between the version of a request and the one in which they are stored, for kinds of requests and all others. Rule: O15.

import type { KubeObject, ObjectMeta } from '../../apimachinery/meta.ts';
import { ok, type Result } from '../../apimachinery/status.ts';
import type { Exchanged, Kind } from '../../kinds/kind.ts';

/** How an object is stored, and what is seen of it then. Fails: until webhooks are asked, and where they do not convert it. */
export function exchanged(kind: Kind, object: KubeObject): Result<Exchanged> {
  return kind.exchange === undefined ? ok({ stored: object, shown: object }) : kind.exchange.store(object);
}

/** The kind whose objects are those that are stored. */
export function storedKind(kind: Kind): Kind {
  const { exchange: _, ...plain } = kind;
  return plain;
}

/** What the request's version has of a stored object of which metadata alone has changed since it was `shown`. */
export function shownAgain(kind: Kind, stored: KubeObject, shown: KubeObject): KubeObject {
  if (kind.exchange === undefined) return stored;
  return { ...shown, metadata: withTexts(stored.metadata, shown.metadata) };
}

/** Metadata with the labels and annotations of other metadata, which are all that a conversion may change in it. */
export function withTexts(metadata: ObjectMeta, { labels, annotations }: Pick<ObjectMeta, 'labels' | 'annotations'>): ObjectMeta {
  const { labels: _labels, annotations: _annotations, ...rest } = metadata;
  return { ...rest, ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) };
}
