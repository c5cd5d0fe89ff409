// The whole state of a running shell: plain JSON data. Processes hold a position in a compiled program and their variables; pipes hold text.
// What the shell touches outside itself (files, time, network) is given by a `ShellHost` for the duration of one call.

import type { ArrayItem, ShellArray, Subscript } from './arrays.ts';
import type { Budget } from './budget.ts';

/** A piece of a word under construction. */
export interface Segment {
  text: string;
  /** Quoted text matches itself in patterns and makes a field even when empty. */
  quoted: boolean;
  /** Text that came from an expansion outside quotes is split into fields. */
  split: boolean;
}

/** Where a descriptor leads. */
export type Descriptor =
  | { to: 'input' }
  | { to: 'stdout' }
  | { to: 'stderr' }
  | { to: 'null' }
  | { to: 'pipe'; id: string }
  | { to: 'file'; path: string; offset: number; writable: boolean }
  | { to: 'text'; text: string; offset: number }
  /** A connection of the session's list. */
  | { to: 'socket'; id: string };

/** What a process waits for. */
export type Wait =
  | { for: 'time'; untilMs: number }
  /** All of these children; `interruptible` for the `wait` builtin, which a trapped signal ends. */
  | { for: 'children'; pids: number[]; interruptible: boolean; untilMs?: number }
  | { for: 'input'; fd: number; untilMs?: number }
  | { for: 'output'; fd: number }
  | { for: 'never' };

export interface Frame {
  source: number;
  pc: number;
  /** An `input` frame reads commands from standard input, line by line. */
  kind: 'script' | 'function' | 'trap' | 'eval' | 'input';
  /** Positional parameters to restore when a function returns. */
  argumentsBefore: string[] | null;
  /** Local variables to restore: name and former value. */
  locals: { name: string; before: string | null; array?: ShellArray | null; reference?: string | null }[];
  /** `$?` to restore after a trap action. */
  statusBefore: number;
  /** Lines read that are no whole command yet; only `input` frames have them. */
  pending?: string;
  /** Loops open when the frame began. */
  loopsBefore: number;
}

export interface Loop {
  source: number;
  frameDepth: number;
  breakTo: number;
  continueTo: number;
  guards: number;
  savedDescriptors: number;
  /** Lengths of the stacks that belong to loops and cases inside this one. */
  lists: number;
  subjects: number;
}

export interface Redirection {
  operator: string;
  fd: number | null;
  target: string;
}

/** What a process is doing between two instructions: a command that could not finish at once. */
export interface RunningCommand {
  words: string[];
  /** The command's own memory. */
  memory: Record<string, unknown>;
  /** Descriptors to put back afterwards, when the command had redirections of its own. */
  restore: (Descriptor | null)[] | null;
}

/** What a command line gives a variable: a text, an element of an array, or a whole array. */
export interface Assignment {
  name: string;
  value: string;
  key?: string;
  items?: ArrayItem[];
  append?: boolean;
  /** It is an argument of `declare` and its kin, which make it. */
  isArgument?: boolean;
}

export interface Process {
  pid: number;
  ppid: number;
  frames: Frame[];
  variables: Record<string, string>;
  arrays: Record<string, ShellArray>;
  /** Names that stand for other names. */
  references: Record<string, string>;
  /** The elements that expansions in progress name, the innermost last. */
  subscripts: Subscript[];
  /** It was started as bash, whatever the image's shell is. */
  isBash?: boolean;
  exported: string[];
  functions: Record<string, { source: number; at: number }>;
  name: string;
  /** What a shell was started with. */
  commandLine?: string[];
  arguments: string[];
  cwd: string;
  descriptors: (Descriptor | null)[];
  traps: Record<string, string>;
  signals: string[];
  options: string[];
  words: Segment[][];
  values: string[];
  fields: string[];
  assignments: Assignment[];
  redirections: Redirection[];
  substitutions: string[];
  loops: Loop[];
  lists: { items: string[]; index: number }[];
  subjects: string[];
  savedDescriptors: (Descriptor | null)[][];
  guards: number;
  status: number;
  lastBackground: number | null;
  wait: Wait | null;
  running: RunningCommand | null;
  /** Set while a command substitution or pipeline runs: what to do with the children's end. */
  pendingChildren: { pids: number[]; capture: Capture | null } | null;
  exitCode: number | null;
}

/** Where the output of a substitution goes: into the word, aside for an expression, or into a file whose path is the word. */
export interface Capture {
  pipe: string;
  quoted: boolean;
  keep: boolean;
  isFile?: boolean;
}

/** A connection that a redirection opened: what was sent, and what came back and was not read. */
export interface Socket {
  readonly id: string;
  readonly protocol: 'tcp' | 'udp';
  readonly host: string;
  readonly port: number;
  sent: string;
  received: string | null;
}

export interface Pipe {
  id: string;
  text: string;
  /** Collected by a command substitution at its end, so it has no reader meanwhile. */
  isCapture: boolean;
}

/** One shell session: the main process of a container, an exec probe, a hook, or `kubectl exec`. */
export interface ShellState {
  sources: string[];
  processes: Process[];
  pipes: Pipe[];
  sockets?: Socket[];
  nextPid: number;
  nextPipe: number;
  /** The process whose end ends the session. */
  rootPid: number;
  /** Set when the session has ended. */
  exitCode: number | null;
  /** Text on standard input of the session not read yet; null once closed. */
  input: string;
  inputClosed: boolean;
  /** True for a container's main process: it is PID 1 and ignores signals it does not handle (K509). */
  isInit: boolean;
  /** What it may use, and has used. */
  budget: Budget;
  /** Set when it ended because it held more memory than there is. */
  isOutOfMemory?: boolean;
  /** Standard input is a terminal: the line being typed, and whether its prompt is shown. */
  terminal?: { line: string; hasPrompt: boolean };
}

/** Whose rights a process has. */
export interface FileUser {
  readonly uid: number;
  readonly gid: number;
  /** All groups, the first one among them. */
  readonly groups: readonly number[];
}

export interface FileInfo {
  /** A link is seen by `lstat` only. */
  readonly kind: 'file' | 'directory' | 'link';
  readonly size: number;
  /** Permission bits, with set-group-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedMs: number;
  /** Nobody has seen it: it is taken to be there, as a file or as a directory (K916). */
  readonly isAssumed?: boolean;
}

/** A container's file system. Paths are absolute and normalised; errors are the text after `<command>: <path>: `. */
export interface FileSystem {
  stat(path: string): FileInfo | undefined;
  read(path: string): string | undefined;
  /** Whether the user may read what is there. */
  mayRead(path: string): boolean;
  /** What is at a path, without following a link at its end. */
  lstat(path: string): FileInfo | undefined;
  /** Where a link leads; undefined for what is none. */
  link(path: string): string | undefined;
  /** The path with all links followed. */
  resolve(path: string): string;
  makeLink(path: string, target: string): string | null;
  /** Whether the path is in a volume. */
  isMounted(path: string): boolean;
  /** The number that Linux has for the kind of file system at a path. */
  typeAt(path: string): number;
  /** Names in a directory, sorted; undefined when it is none. */
  list(path: string): readonly string[] | undefined;
  write(path: string, text: string, append: boolean): string | null;
  makeDirectory(path: string): string | null;
  remove(path: string): string | null;
  setMode(path: string, mode: number): string | null;
  setOwner(path: string, uid: number | null, gid: number | null): string | null;
  touch(path: string): string | null;
}

/** An HTTP exchange or connection a shell command makes; latency is virtual milliseconds. */
export interface NetworkAnswer {
  readonly latencyMs: number;
  readonly outcome: 'ok' | 'refused' | 'timeout' | 'unknown-host' | 'dns-timeout' | 'closed' | 'no-tls';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly address: string;
}

/** What the cluster's DNS says of a name. */
export type DnsAnswer = (
  | { readonly kind: 'address'; readonly address: string }
  /** `empty`: the name is there, and has no address. */
  | { readonly kind: 'nxdomain' | 'empty' | 'timeout' }
) & {
  /** The name that the name stands for. */
  readonly alias?: string;
};

/** What the container gives its shell. */
export interface ShellHost {
  readonly nowMs: number;
  readonly hostname: string;
  readonly user: FileUser;
  /** Which texts and commands the image has: BusyBox, Debian's dash with coreutils, or bash with coreutils. */
  readonly flavor: 'busybox' | 'dash' | 'bash';
  readonly files: FileSystem;
  request(method: string, url: string, body: string, headers: Readonly<Record<string, string>>): NetworkAnswer;
  connect(host: string, port: number): NetworkAnswer;
  /** Sends something to a port that is not asked by HTTP; the body is what comes back. */
  converse(protocol: 'tcp' | 'udp', host: string, port: number, text: string): NetworkAnswer;
  /** The address of a name: of the hosts file, else of DNS. */
  resolve(host: string): string | undefined;
  /** Asks DNS itself. */
  askDns(host: string): DnsAnswer;
  /** A number in [0, bound), deterministic. */
  random(bound: number): number;
  write(stream: 'stdout' | 'stderr', text: string): void;
  /**
   * What a program that is no command of the shell's own does: serve until it is stopped, succeed, run a while and succeed, fail because its server is not up,
   * or what agnhost does. `isLast`: nothing follows it.
   */
  programKind(words: readonly string[], isLast: boolean): 'server' | 'client' | 'tool' | 'agnhost' | 'nnp' | 'failing' | undefined;
  /** What the numbers of this session's processes are shown with: others come before them where containers share their processes. */
  processShift(): number;
  /** What runs in the container beside this session. */
  otherProcesses(): readonly { readonly pid: number; readonly ppid: number; readonly words: readonly string[] }[];
  /** Sends a signal to one of them; false when there is none of this number. */
  signal(pid: number, signal: string): boolean;
  /** Ports that the container's servers listen on. */
  openPorts(): readonly number[];
  readonly isPrivileged: boolean;
  /** A program that belongs to another user may run as that user. */
  readonly allowsEscalation: boolean;
  /** The numbers of the image's tag: `1`, `1.27`, `1.27.3`; empty for the newest. */
  readonly imageVersion: string;
  /** The package manager of the image; `any` where nobody knows it. */
  readonly packages: 'apk' | 'apt' | 'any' | 'none';
  /** Called before each command runs. */
  noteCommand(name: string): void;
  /** Work that the session may do at this instant. */
  workLeft(): number;
  /** Characters that the session may hold. */
  memoryMax(): number;
}

/** Bytes a pipe holds before its writer waits. */
export const PIPE_LENGTH_MAX = 65_536;

/** Processes one session may have; beyond it `fork` fails as a process limit would make it fail. */
export const PROCESSES_MAX = 64;

/** Nested function calls, evals and traps. */
export const FRAMES_MAX = 200;
