// exec and attach: a session of the cluster's journal behind the streams of a client. Output is read as the cluster makes it: right after the
// client's own input, and by looking at it while the clock runs.
// Upstream: apimachinery/pkg/util/remotecommand, pkg/kubelet/… remotecommand servers (v1.33). Rules: S5, S6, S19.

import { failure, type Status } from '../../../engine/apimachinery/status.ts';
import {
  checkRunning,
  type Commit,
  type ContainerName,
  type ExecView,
  isInputOnce,
  type PodLog,
  type PodLogQuery,
  readExec,
  readPodLog,
} from '../../../engine/cluster/index.ts';
import { type RemoteOutput, type RemoteSession, type RemoteStreams, SESSION_LOST } from '../../../service/host.ts';
import type { ClusterService, WatchCursor } from '../../../service/ports.ts';
import { statusOfError } from '../errors.ts';
import { encodeText, StreamDecoder } from './bytes.ts';

const SUCCESS = JSON.stringify({ metadata: {}, status: 'Success' });

/** The container of one cluster, and what the client wants of it. */
export interface RemoteContext {
  readonly service: ClusterService;
  readonly cluster: string;
  readonly container: ContainerName;
  readonly streams: RemoteStreams;
}

/** S6: the Status that ends a command. */
export function endStatus(exitCode: number): string {
  if (exitCode === 0) return SUCCESS;
  return JSON.stringify({
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  });
}

/** S6: the Status of a command that never ran. */
export function failureStatus(status: Status): string {
  if (status.reason === 'KubeletText')
    return failureStatus(failure(500, 'InternalError', `unable to upgrade connection: ${status.message}`));
  const { message, reason, code, details } = status;
  return JSON.stringify({ metadata: {}, status: 'Failure', message, reason, ...(details === undefined ? {} : { details }), code });
}

/** What a client sees of the session it drives: its looks, its input, its end. */
interface Source {
  /** Sends what is new to the client, and says that it does. The Status of the end, or undefined while it goes on. */
  look(served: () => void): Promise<string | undefined>;
  /** Undefined, or the Status with which the session ends. */
  input(text: string, close: boolean): string | undefined;
  /** The session is over; `leaves` is true when the client went before the command's end, with its input open. */
  release(leaves: boolean): void;
}

class Session implements RemoteSession {
  private readonly source: Source;
  private readonly output: RemoteOutput;
  private readonly decoder = new StreamDecoder();
  private readonly watch: () => WatchCursor;
  private waiting: WatchCursor;
  private isOver = false;
  private isInputOpen = true;
  private isLooking = false;
  private hasNews = false;

  constructor({ service, cluster }: RemoteContext, source: Source, output: RemoteOutput) {
    this.source = source;
    this.output = output;
    // Who has a session open waits: a clock that runs for those who wait goes on for him.
    this.watch = () => service.watch(cluster, service.latestRevision(cluster));
    this.waiting = this.watch();
    this.look();
    void this.follow();
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.give(this.decoder.decode(bytes), false);
  }

  closeInput(): void {
    this.isInputOpen = false;
    this.give(this.decoder.end(), true);
  }

  /** The client leaves. */
  close(): void {
    this.finish(this.isInputOpen);
  }

  private finish(leaves: boolean): void {
    if (this.isOver) return;
    this.isOver = true;
    this.waiting.close();
    try {
      this.source.release(leaves);
    } catch {
      // The service is stopping or the cluster is gone: there is nothing to release.
    }
  }

  private give(text: string, close: boolean): void {
    if (this.isOver || (text === '' && !close)) return;
    let refusal: string | undefined;
    try {
      refusal = this.source.input(text, close);
    } catch (error) {
      refusal = failureStatus(statusOfError(error));
    }
    if (refusal === undefined) this.look();
    else this.end(refusal);
  }

  /** Lines are no objects, so nobody announces them: looks whenever the cluster has done something. */
  private async follow(): Promise<void> {
    while (!this.isOver) {
      const hasMoved = await this.waiting.moved(true);
      if (this.isOver) return;
      try {
        // The cluster was opened anew, unless there is none any more.
        if (!hasMoved) this.waiting = this.watch();
      } catch {
        return this.end(SESSION_LOST);
      }
      this.look();
    }
  }

  private look(): void {
    this.hasNews = true;
    if (this.isLooking || this.isOver) return;
    this.isLooking = true;
    void this.lookOn();
  }

  private async lookOn(): Promise<void> {
    try {
      while (this.hasNews && !this.isOver) {
        this.hasNews = false;
        const status = await this.source.look(() => this.waiting.served());
        if (status !== undefined) this.end(status);
      }
    } catch {
      this.end(SESSION_LOST);
    } finally {
      this.isLooking = false;
    }
  }

  private end(status: string): void {
    if (this.isOver) return;
    this.finish(false);
    this.output.finish(status);
  }
}

/** Runs a command in a container. */
export function startExecSession(context: RemoteContext, command: readonly string[], output: RemoteOutput): RemoteSession {
  const { service, cluster, container, streams } = context;
  return started(output, () => {
    const { outcome } = service.execute(cluster, {
      type: 'exec-start',
      request: { ...container, command, stdin: streams.stdin, tty: streams.tty },
    });
    if (!outcome.ok) return failureStatus(outcome.status);
    return new Session(context, execSource(context, outcome.session ?? '', output), output);
  });
}

/** A session, or one that has ended before it began, with the Status that says why. */
function started(output: RemoteOutput, start: () => RemoteSession | string): RemoteSession {
  let result: RemoteSession | string;
  try {
    result = start();
  } catch (error) {
    result = failureStatus(statusOfError(error));
  }
  if (typeof result !== 'string') return result;
  output.finish(result);
  return { write() {}, closeInput() {}, close() {} };
}

function refusalOf({ outcome }: Commit): string | undefined {
  return outcome.ok ? undefined : failureStatus(outcome.status);
}

function execSource({ service, cluster, streams }: RemoteContext, session: string, output: RemoteOutput): Source {
  let position = 0;
  const view = (): ExecView | undefined => service.read(cluster, (state) => readExec(state, session, position));
  return {
    async look(served) {
      const found = view();
      if (found === undefined) return SESSION_LOST;
      position = found.next;
      if (found.chunks.length > 0 || found.exitCode !== null) served();
      for (const { stream, text } of found.chunks) if (streams[stream]) await output.write(stream, encodeText(text));
      return found.exitCode === null ? undefined : endStatus(found.exitCode);
    },
    input: (data, close) => refusalOf(service.execute(cluster, { type: 'exec-input', session, data, close })),
    release(leaves) {
      // S18: whoever has sent all of an archive may leave at once; the command comes to the end of its input and does what it has to do.
      if (leaves && streams.stdin) service.execute(cluster, { type: 'exec-input', session, data: '', close: true });
      service.execute(cluster, { type: 'exec-close', session });
    },
  };
}

/** Follows what a container writes from now on, and gives it what the client types. */
export function startAttachSession(context: RemoteContext, output: RemoteOutput): RemoteSession {
  const { service, cluster, container } = context;
  return started(output, () => {
    const running = service.read(cluster, (state) => checkRunning(state, container));
    return running.ok ? new Session(context, attachSource(context, output), output) : failureStatus(running.status);
  });
}

function attachSource({ service, cluster, container, streams }: RemoteContext, output: RemoteOutput): Source {
  const which: PodLogQuery = { namespace: container.namespace, name: container.pod, container: container.container, isPrevious: false };
  const read = () => service.read(cluster, (state) => readPodLog(state, which));
  const first = read();
  const instanceId = first.ok ? first.value.instanceId : '';
  // S19: from now on; the only client that can come with input has seen nothing yet, and any other should see what it is asked.
  const isOnlyOne = streams.stdin && service.read(cluster, (state) => isInputOnce(state, container));
  const news = new LogNews(first.ok && !isOnlyOne ? first.value : undefined, streams.stdin, streams.tty);
  const send: (data: string, close: boolean) => Commit = (data, close) =>
    service.execute(cluster, { type: 'attach-input', container, data, close });
  return {
    async look(served) {
      const log = read();
      if (!log.ok || log.value.instanceId !== instanceId) return SUCCESS;
      for (const { stream, text } of news.take(log.value)) {
        served();
        const shown = streams.tty ? 'stdout' : stream;
        if (streams[shown]) await output.write(shown, encodeText(text));
      }
      return log.value.hasEnded ? SUCCESS : undefined;
    },
    input: (data, close) => refusalOf(send(data, close)),
    // With `stdinOnce` a client that leaves ends the input.
    release: () => void (streams.stdin && send('', true)),
  };
}

/** What a log has got since it was last looked at, unfinished lines included. */
class LogNews {
  private readonly lineEnd: string;
  private position = 0;
  /** Characters of the unfinished line of each stream that were taken already. */
  private readonly taken = { stdout: 0, stderr: 0 };

  /** `seen` is the log as the client knows it; with `showsPrompt` it gets the unfinished line again. */
  constructor(seen: PodLog | undefined, showsPrompt: boolean, hasTerminal: boolean) {
    this.lineEnd = hasTerminal ? '\r\n' : '\n';
    if (seen === undefined) return;
    this.position = seen.droppedCount + seen.lines.length;
    if (!showsPrompt) this.taken = { stdout: seen.open.stdout.length, stderr: seen.open.stderr.length };
  }

  take(log: PodLog): readonly { readonly stream: 'stdout' | 'stderr'; readonly text: string }[] {
    const fresh = log.lines.slice(Math.max(0, this.position - log.droppedCount));
    this.position = log.droppedCount + log.lines.length;
    const news = fresh.map(({ stream, text }) => {
      const rest = text.slice(this.taken[stream]);
      this.taken[stream] = 0;
      return { stream, text: `${rest}${this.lineEnd}` };
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = log.open[stream].slice(this.taken[stream]);
      this.taken[stream] = log.open[stream].length;
      if (text !== '') news.push({ stream, text });
    }
    return news;
  }
}
