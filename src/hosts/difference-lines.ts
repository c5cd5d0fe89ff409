// What differs between two states of objects, in lines for people.

import type { Schemas } from '../client/connection.ts';

/** Objects that came (+), went (-) and changed (~), these by field. */
export function differenceLines({ added, removed, changed }: Schemas['ClusterDifference']): string[] {
  const nameOf = ({ resource, namespace, name }: { resource: string; namespace?: string; name: string }) =>
    [resource, namespace, name].filter((part) => part !== undefined && part !== '').join('/');
  const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));
  return [
    ...added.map((one) => `+ ${nameOf(one)}`),
    ...removed.map((one) => `- ${nameOf(one)}`),
    ...changed.flatMap((one) => [
      `~ ${nameOf(one)}`,
      ...one.fields.map(({ path, from, to }) => `    ${path}: ${shown(from)} → ${shown(to)}`),
    ]),
  ];
}
