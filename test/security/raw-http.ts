// Requests byte for byte, as no well-behaved client would send them.

import { connect } from 'node:net';

/** Sends bytes and resolves to all that comes back until the other side closes, or has been silent with a whole answer for a moment. */
export function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (isWhole(received)) socket.destroy();
    });
    // Whoever is cut off may find his connection reset.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
    );
    socket.on('close', () => resolve(received));
  });
}

/** Whether the first answer is complete, or is an upgrade. */
function isWhole(received: string): boolean {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = received.slice(0, end);
  if (head.startsWith('HTTP/1.1 101')) return true;
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) return received.length >= end + 4 + Number(length);
  return /^transfer-encoding: *chunked/im.test(head) ? received.endsWith('0\r\n\r\n') : /^HTTP\/1\.1 (?:204|304)/.test(head);
}

/** Status of the first answer; 0 when the connection was closed without one. */
export function statusOf(received: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0);
}
