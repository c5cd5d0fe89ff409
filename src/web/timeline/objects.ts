// Objects in an address, and the rows that show them.

import type { Row } from './model.ts';

export interface ObjectName {
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** `pods/default/web`, `nodes//node-1`; undefined when it is neither. */
export function parseObject(written: string | undefined): ObjectName | undefined {
  const [resource = '', namespace = '', ...rest] = (written ?? '').split('/');
  const name = rest.join('/');
  return resource === '' || name === '' ? undefined : { resource, namespace: namespace === '' ? undefined : namespace, name };
}

export function formatObject({ resource, namespace, name }: ObjectName): string {
  return `${resource}/${namespace ?? ''}/${name}`;
}

/** The object that a row shows; of a container its pod. */
export function objectOfRow({ kind, resource, namespace, name, parent }: Row): string {
  const owner = kind === 'container' ? (parent?.split('/').at(-1) ?? name) : name;
  return formatObject({ resource, namespace, name: owner });
}

export function rowIdOf(written: string | undefined): string | undefined {
  const object = parseObject(written);
  if (object === undefined) return undefined;
  const { resource, namespace, name } = object;
  return namespace === undefined ? `${resource}/${name}` : `${resource}/${namespace}/${name}`;
}
