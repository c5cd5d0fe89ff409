// The contract of a controller is the kernel's component; controllers add nothing to it. Adding one is its folder and one line in index.ts.

export type { Component as Controller } from '../kernel/component.ts';
