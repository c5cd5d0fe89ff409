// A developer's own conversion webhook, which turns `hostPort` of version 1 into `host` and `port` of version 2, and back.

import { startWebhookServer, type WebhookServer } from './webhook-server.ts';

export interface Convertible {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly hostPort?: string;
  readonly host?: string;
  readonly port?: string;
}

export interface ConversionServer extends Pick<WebhookServer, 'url' | 'caBundle' | 'close'> {
  /** All that it was asked to convert, oldest first: `<name> <from>→<to>`. */
  readonly asked: string[];
  /** Every object that it was sent. */
  readonly sent: Convertible[];
  /** What becomes of a converted object before it is answered. */
  change: (object: Convertible) => object;
  /** Replaces parts of the `response`. */
  answer: object;
  /** How it answers instead. */
  instead: ReturnType<WebhookServer['answer']> | undefined;
}

interface ConversionRequest {
  readonly desiredAPIVersion: string;
  readonly objects: readonly Convertible[];
}

/** Starts one. */
export async function startConversionServer(): Promise<ConversionServer> {
  const server = await startWebhookServer();
  const { url, caBundle, close } = server;
  const served: ConversionServer = {
    url,
    caBundle,
    close,
    asked: [],
    sent: [],
    change: (object) => object,
    answer: {},
    instead: undefined,
  };
  server.answer = (request) => {
    const { desiredAPIVersion, objects } = request as unknown as ConversionRequest;
    for (const { apiVersion, metadata } of objects)
      served.asked.push(`${metadata.name} ${versionOf(apiVersion)}→${versionOf(desiredAPIVersion)}`);
    served.sent.push(...objects);
    if (served.instead !== undefined) return served.instead;
    const convertedObjects = objects.map((object) => served.change({ ...converted(object), apiVersion: desiredAPIVersion }));
    return { result: { status: 'Success' }, convertedObjects, ...served.answer };
  };
  return served;
}

function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

function converted(object: Convertible): Convertible {
  const { hostPort, host, port, ...rest } = object;
  if (hostPort !== undefined) {
    const [name = '', number = ''] = hostPort.split(':');
    return { ...rest, host: name, port: number };
  }
  return host === undefined && port === undefined ? rest : { ...rest, hostPort: `${host ?? ''}:${port ?? ''}` };
}
