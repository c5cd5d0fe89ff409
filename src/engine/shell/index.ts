// The face of the simulated shell: create a session, run it as far as it goes, ask when it wakes, send it a signal.

export { createSession, nextWakeMs, runSession, type SessionOptions, signalSession } from './machine.ts';
export { bytesToText, incompleteTail, textToBytes } from './bytes.ts';
export { interruptSession, typeInto } from './input.ts';
export { isAgnhostProgram } from './agnhost/index.ts';
export { type ProcessRow, processRows } from './process-rows.ts';
export { signalProcess as signalOf } from './processes.ts';
export { answerHttp, answerRaw } from './servers.ts';
export { exitOf } from './agnhost/subcommand.ts';
export {
  answerOfReply,
  BAD_REQUEST,
  decodePercent,
  type HttpReply,
  type HttpRequest,
  type Listener,
  listenersOf,
  parseRequest,
  plainPath,
  replyText,
  type ServerProcess,
} from './server.ts';
export { formatDate } from './commands/dates.ts';
export { findClient } from './clients/index.ts';
export { isOfPackage } from './commands/packages.ts';
export { hasCommand } from './commands/index.ts';
export { compileScript } from './compile.ts';
export { sizeOf, spend } from './budget.ts';
export { createBaseTree, createFileSystem, type FileNode, type FileTree, type Mount, putFile, ROOT_USER, sizeOfTree } from './file-tree.ts';
export { DNS_TIMEOUT_MS } from './commands/exchange.ts';
export type { DnsAnswer, FileInfo, FileSystem, FileUser, NetworkAnswer, Process, ShellHost, ShellState } from './state.ts';
