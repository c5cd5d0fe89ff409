#!/usr/bin/env node
// The executable: see command-line.ts.

import * as nodeModule from 'node:module';
import { runCommandLine } from './command-line.ts';

// Node 22 and newer keep what they have compiled, so that the next start need not.
(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();
const exitCode = await runCommandLine(process.argv.slice(2));
if (exitCode !== undefined) process.exit(exitCode);
