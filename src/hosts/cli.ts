#!/usr/bin/env node
// The executable: see command-line.ts.

import * as nodeModule from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runCommandLine } from './command-line.ts';

// Node 22 and newer keep what they have compiled, so that the next start need not.
(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();
// What the compiler may take in from other functions, in bytes: a quarter of what it may by default. Code is hot in many places here and in none for long, so that
// it is compiled in less time, and runs as fast. Threads that begin later have it, too.
setFlagsFromString('--max-inlined-bytecode-size-cumulative=250');
const exitCode = await runCommandLine(process.argv.slice(2));
if (exitCode !== undefined) process.exit(exitCode);
