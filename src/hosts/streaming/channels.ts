// The channel protocols of exec, attach and port-forward over a WebSocket: the first byte of a message is its channel, or the first character and
// the rest is base64. Upstream: apimachinery/pkg/util/httpstream/wsstream, apimachinery/pkg/util/remotecommand (v1.33). Rules: S4, S5, S7, S16.

import { TRANSLATED_PROTOCOL } from '../../http/kube/streaming/stream-plan.ts';
import type { PortConnection, RemoteSession, StreamPlan } from '../../service/host.ts';

type CommandPlan = Extract<StreamPlan, { kind: 'remote-command' }>;
type ForwardPlan = Extract<StreamPlan, { kind: 'port-forward' }>;

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 } as const;

/**
 * Wall time that a client gets to show that it reads, before the first message is sent to it all the same. Before its reader runs, client-go does not know
 * the channels that it asked for, and discards what arrives on them ("Unknown stream id", seen of 1.29 to 1.31); a kubelet takes longer than that to start
 * a command, a simulated one does not. Source: client-go/tools/remotecommand/websocket.go, readDemuxLoop.
 */
export const READY_WITHIN_MS = 250;

/** Bytes of output in one message. */
const MESSAGE_LENGTH = 32_768;

/** S4, S7: the protocols, the best first; no protocol at all is the first one. */
const COMMAND_PROTOCOLS = [
  TRANSLATED_PROTOCOL,
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
] as const;
const FORWARD_PROTOCOLS = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'] as const;

export function channelProtocols(plan: StreamPlan): readonly string[] {
  return plan.kind === 'port-forward' ? FORWARD_PROTOCOLS : COMMAND_PROTOCOLS;
}

/** Where messages go. */
export interface MessageLink {
  /** Resolves when more can be taken. */
  send(message: Uint8Array | string): Promise<void>;
  /** S6: closes with 1000 when everything is out. */
  end(): void;
}

/** Takes the client's messages. */
export interface MessageSink {
  /** To be called again only when it has resolved. Fails: when nobody is there any more who could answer. */
  message(data: Buffer): void | Promise<void>;
  close(): void;
}

export function serveOverChannels(plan: StreamPlan, protocol: string, link: MessageLink): MessageSink {
  return plan.kind === 'port-forward' ? serveForward(plan, protocol, link) : serveCommand(plan, protocol, link);
}

function serveCommand(plan: CommandPlan, protocol: string, link: MessageLink): MessageSink {
  const send = sender(protocol, link);
  let isOver = false;
  const session: RemoteSession = plan.start({
    write: (stream, bytes) => send(CHANNEL[stream], bytes),
    finish(status) {
      isOver = true;
      const text = protocol === TRANSLATED_PROTOCOL ? translated(status) : protocol.startsWith('v') ? status : plainText(status);
      if (text !== '') void send(CHANNEL.error, Buffer.from(text));
      link.end();
    },
  });
  return {
    message(data) {
      if (isOver) return;
      const { channel, bytes } = decode(protocol, data);
      if (channel === CHANNEL.stdin) return session.write(bytes);
      if (protocol === TRANSLATED_PROTOCOL && channel === CHANNEL.close && bytes[0] === CHANNEL.stdin) session.closeInput();
    },
    close: () => session.close(),
  };
}

/** The API server puts its own words before a failure that the kubelet told it. */
function translated(status: string): string {
  const failure = JSON.parse(status) as { message?: string; reason?: string };
  if (failure.reason !== 'InternalError') return status;
  const causes = [{ message: failure.message }];
  return JSON.stringify({ ...failure, message: `Internal error occurred: ${failure.message}`, details: { causes } });
}

/** The first protocol tells failures in words, and nothing when all went well. */
function plainText(status: string): string {
  const { message = '' } = JSON.parse(status) as { message?: string };
  return message;
}

/** S16: two channels a port, data and errors; each begins with the port. */
function serveForward(plan: ForwardPlan, protocol: string, link: MessageLink): MessageSink {
  const send = sender(protocol, link);
  const connections = new Map<number, PortConnection>();
  const connect = async (port: number, index: number): Promise<void> => {
    const name = Buffer.alloc(2);
    name.writeUInt16LE(port);
    void send(index * 2, name);
    void send(index * 2 + 1, name);
    const target = await plan.connect(port);
    if (typeof target === 'string') void send(index * 2 + 1, Buffer.from(target));
    else connections.set(index * 2, target);
  };
  const endWhenDone = (): void => {
    if (connections.size === 0) link.end();
  };
  const connected = Promise.all(plan.ports.map(connect)).then(endWhenDone, () => link.end());
  return {
    async message(data) {
      await connected;
      const { channel, bytes } = decode(protocol, data);
      const connection = connections.get(channel);
      if (connection === undefined) return;
      const answer = await connection.exchange(bytes);
      if (answer.bytes.length > 0) void send(channel, answer.bytes);
      if (!answer.isOver) return;
      connection.close();
      connections.delete(channel);
      endWhenDone();
    },
    close() {},
  };
}

function sender(protocol: string, link: MessageLink): (channel: number, bytes: Uint8Array) => Promise<void> {
  return async (channel, bytes) => {
    for (let at = 0; at < bytes.length; at += MESSAGE_LENGTH) {
      const part = bytes.subarray(at, at + MESSAGE_LENGTH);
      await link.send(
        isBase64(protocol) ? `${channel}${Buffer.from(part).toString('base64')}` : Buffer.concat([Uint8Array.of(channel), part]),
      );
    }
  };
}

function decode(protocol: string, data: Buffer): { readonly channel: number; readonly bytes: Buffer } {
  const channel = data[0] ?? CHANNEL.close;
  if (!isBase64(protocol)) return { channel, bytes: data.subarray(1) };
  return { channel: channel - 0x30, bytes: Buffer.from(data.toString('latin1', 1), 'base64') };
}

function isBase64(protocol: string): boolean {
  return protocol.includes('base64');
}
