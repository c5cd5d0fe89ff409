// exec and attach: a session of the cluster's journal behind the streams of a client. Output is read as the cluster makes it: right after the
// client's own input, and whenever the cluster has done something.
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
import type { ClusterService } from '../../../service/ports.ts';
import { Follower } from '../../watch/follower.ts';
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
  input(text: string, close: boolean): Promise<string | undefined>;
  /** The session is over; `leaves` is true when the client went before the command's end, with its input open. */
  release(leaves: boolean): Promise<void>;
}

/** What the client does is done in its order, each when the cluster is quiet. */
class Session implements RemoteSession {
  private readonly context: RemoteContext;
  private readonly output: RemoteOutput;
  private readonly decoder = new StreamDecoder();
  private source: Source | undefined;
  private follower: Follower | undefined;
  private done: Promise<void>;
  private isOver = false;
  private isInputOpen = true;
  private isLooking = false;
  private hasNews = false;

  /** `start` gives the source, or the Status of what ended before it began. */
  constructor(context: RemoteContext, output: RemoteOutput, start: () => Promise<Source | string>) {
    this.context = context;
    this.output = output;
    this.done = this.begin(start);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.next(() => this.give(this.decoder.decode(bytes), false));
  }

  closeInput(): void {
    void this.next(() => {
      this.isInputOpen = false;
      return this.give(this.decoder.end(), true);
    });
  }

  /** The client leaves: what it sent before counts. */
  close(): void {
    void this.next(() => this.finish(this.isInputOpen));
  }

  private next(step: () => Promise<void>): Promise<void> {
    this.done = this.done.then(() => (this.isOver ? undefined : step()));
    return this.done;
  }

  private async begin(start: () => Promise<Source | string>): Promise<void> {
    try {
      const started = await start();
      if (typeof started === 'string') return this.end(started);
      this.source = started;
      const { service, cluster } = this.context;
      this.follower = new Follower(service, cluster);
      this.look();
      void this.follow(this.follower);
    } catch (error) {
      this.end(failureStatus(statusOfError(error)));
    }
  }

  private async finish(leaves: boolean): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    this.follower?.close();
    // Where the service is stopping, or the cluster gone, there is nothing to release.
    await this.source?.release(leaves).catch(() => {});
  }

  private async give(text: string, close: boolean): Promise<void> {
    if (text === '' && !close) return;
    let refusal: string | undefined;
    try {
      refusal = await this.source?.input(text, close);
    } catch (error) {
      refusal = failureStatus(statusOfError(error));
    }
    if (refusal === undefined) this.look();
    else this.end(refusal);
  }

  /** Lines are no objects, so nobody announces them: looks whenever the cluster has done something. */
  private async follow(follower: Follower): Promise<void> {
    try {
      while (!this.isOver) {
        await follower.moved();
        this.look();
      }
    } catch {
      this.end(SESSION_LOST);
    }
  }

  private look(): void {
    this.hasNews = true;
    if (this.isLooking || this.isOver) return;
    this.isLooking = true;
    void this.lookOn();
  }

  private async lookOn(): Promise<void> {
    const { service, cluster } = this.context;
    try {
      while (this.hasNews && !this.isOver) {
        this.hasNews = false;
        await service.settled(cluster);
        const status = await this.source?.look(() => this.follower?.served());
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
    void this.finish(false);
    this.output.finish(status);
  }
}

/** Runs a command in a container. */
export function startExecSession(context: RemoteContext, command: readonly string[], output: RemoteOutput): RemoteSession {
  const { service, cluster, container, streams } = context;
  const request = { ...container, command, stdin: streams.stdin, tty: streams.tty };
  return new Session(context, output, async () => {
    const { outcome } = await service.perform(cluster, { type: 'exec-start', request });
    return outcome.ok ? execSource(context, outcome.session ?? '', output) : failureStatus(outcome.status);
  });
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
    input: async (data, close) => refusalOf(await service.perform(cluster, { type: 'exec-input', session, data, close })),
    async release(leaves) {
      // S18: whoever has sent all of an archive may leave at once; the command comes to the end of its input and does what it has to do.
      if (leaves && streams.stdin) await service.perform(cluster, { type: 'exec-input', session, data: '', close: true });
      await service.perform(cluster, { type: 'exec-close', session });
    },
  };
}

/** Follows what a container writes from now on, and gives it what the client types. */
export function startAttachSession(context: RemoteContext, output: RemoteOutput): RemoteSession {
  const { service, cluster, container } = context;
  return new Session(context, output, async () => {
    await service.settled(cluster);
    const running = service.read(cluster, (state) => checkRunning(state, container));
    return running.ok ? attachSource(context, output) : failureStatus(running.status);
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
  const send = (data: string, close: boolean): Promise<Commit> =>
    service.perform(cluster, { type: 'attach-input', container, data, close });
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
    input: async (data, close) => refusalOf(await send(data, close)),
    // With `stdinOnce` a client that leaves ends the input.
    async release() {
      if (streams.stdin) await send('', true);
    },
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
    const news = fresh.map(({ stream, text, isPartial }) => {
      const rest = text.slice(this.taken[stream]);
      this.taken[stream] = 0;
      return { stream, text: isPartial === true ? rest : `${rest}${this.lineEnd}` };
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = log.open[stream].slice(this.taken[stream]);
      this.taken[stream] = log.open[stream].length;
      if (text !== '') news.push({ stream, text });
    }
    return news;
  }
}
