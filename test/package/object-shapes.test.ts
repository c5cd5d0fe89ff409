// What the build does to object spreads where they cost too much (docs/decisions/0041-object-spreads.md).

import { describe, expect, it } from 'vitest';
import { needsObjectShapes, withObjectShapes } from '../../scripts/object-shapes.mjs';

describe('object spreads in the build', () => {
  it('inserts an empty spread before one that a literal with more members begins with', () => {
    expect(withObjectShapes('f({ ...a, b: 1 }, { ...{ ...c, d }, e });')).toBe(
      'f({ ...{}, ...a, b: 1 }, { ...{}, ...{ ...{}, ...c, d }, e });',
    );
  });

  it('leaves others as they are', () => {
    const code = '#!/usr/bin/env node\nconst { x, ...rest } = { ...a }; g([...b, 1], { c, ...d }, (...e) => e, h(...i, 2), `${{ ...j }}`);';
    expect(withObjectShapes(code)).toBe(code);
  });

  it('is for Node 20 and older, which give each such object a class of its own', () => {
    expect(needsObjectShapes).toBe(Number(process.versions.node.split('.')[0]) < 22);
  });
});
