#!/usr/bin/env node
// The executable: see command-line.ts.

import { runCommandLine } from './command-line.ts';

const exitCode = await runCommandLine(process.argv.slice(2));
if (exitCode !== undefined) process.exit(exitCode);
