// The contract of a controller is the kernel's component, and what its reconciler says; controllers add nothing to it. Adding one is its folder and one line in
// index.ts.

export type { Component as Controller } from '../kernel/component.ts';
export type { Reconciled } from '../kernel/reconciled.ts';
