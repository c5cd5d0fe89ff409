// The face of the simulated shell: create a session, run it as far as it goes, ask when it wakes, send it a signal.

export { createSession, nextWakeMs, runSession, type SessionOptions, signalSession } from './machine.ts';
export { compileScript } from './compile.ts';
export { createFileSystem, type FileNode, type FileTree } from './file-tree.ts';
export type { FileInfo, FileSystem, NetworkAnswer, ShellHost, ShellState } from './state.ts';
