// Works around what V8 does with `{ ...a, b }` up to Node 20: each time it is executed, the object gets a hidden class of its own, which costs a microsecond and
// makes whoever reads the object later look its members up anew. An empty spread before the first one begins with the class of `{}`, and what follows are
// transitions that all such objects share. See docs/decisions/0041-object-spreads.md.

import { parse } from 'acorn';

/** The first major version of Node in which a spread costs what it should. */
const MENDED_IN = 22;

/** Whether the Node that runs needs it. */
export const needsObjectShapes = Number(process.versions.node.split('.')[0]) < MENDED_IN;

/** A module with an empty spread before each spread that an object literal with more members begins with. */
export function withObjectShapes(code) {
  const places = [];
  visit(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), (node) => {
    if (node.type !== 'ObjectExpression') return;
    const [first, second] = node.properties;
    if (first?.type === 'SpreadElement' && second !== undefined) places.push(first.start);
  });
  const parts = places.sort((a, b) => a - b).map((place, index) => code.slice(places[index - 1] ?? 0, place));
  return [...parts, code.slice(places.at(-1) ?? 0)].join('...{}, ');
}

function visit(node, look) {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, look);
  } else if (typeof node?.type === 'string') {
    look(node);
    for (const member in node) visit(node[member], look);
  }
}
