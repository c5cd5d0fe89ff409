// A command in one line, as people would say it in any language; its own text is English.

import { type Command, type Fault, inWords, LANGUAGE_DEFAULT, type Message, type PodsTarget, say } from '../engine/cluster/index.ts';

export function commandText(command: Command): string {
  return inWords(describeCommand(command), LANGUAGE_DEFAULT);
}

export function describeCommand(command: Command): Message {
  switch (command.type) {
    case 'genesis':
      return say('createCluster', { seed: command.config.seed });
    case 'request': {
      const { verb, resource, subresource, namespace, name } = command.request;
      const what = subresource === undefined ? resource : `${resource}/${subresource}`;
      return say('request', { verb, resource: what, name: name ?? nameOf(command.request.body), namespace });
    }
    case 'manifests':
      return say('manifests', { mode: command.mode, count: command.objects.length });
    case 'advance':
      return say('turnClock');
    case 'clock':
      return command.clock.mode === 'manual' ? say('stopClock') : say('runClock', { rate: String(command.clock.rate ?? 1) });
    case 'seed':
      return say('goOnWithSeed', { seed: command.seed });
    case 'image':
      return say(command.behavior === null ? 'forgetImage' : 'setImage', { image: command.reference });
    case 'fault':
      return describeFault(command.fault);
    case 'end-fault':
      return say('endOfFault', { fault: command.id });
    case 'park':
      return say('park', { kind: command.work.kind, owner: command.work.owner, key: command.work.key });
    case 'exec-start': {
      const { namespace, pod, container, command: words } = command.request;
      return say('exec', { pod: `${namespace}/${pod}`, container, command: words.join(' ').slice(0, TEXT_LENGTH_MAX) });
    }
    case 'exec-input':
      return say('execInput', { session: command.session });
    case 'exec-close':
      return say('execEnd', { session: command.session });
    case 'port-request':
      return say('portRequest');
    case 'attach-input':
      return say('attachInput', {
        container: `${command.container.namespace}/${command.container.pod} ${command.container.container}`,
      });
  }
}

const TEXT_LENGTH_MAX = 200;

function describeFault(fault: Fault): Message {
  const of = (target: string | null, node: string | null = null, container: string | null = null) =>
    say('faultOf', { type: fault.type, target: target ?? undefined, node: node ?? undefined, container: container ?? undefined });
  if ('pod' in fault && 'node' in fault) return of(podsText(fault), fault.node, 'container' in fault ? fault.container : null);
  if ('node' in fault) return of(fault.node);
  if ('pod' in fault) return of(`${fault.namespace}/${fault.pod}`, null, fault.container);
  return of(fault.type === 'image-pull-fail' ? fault.image : fault.registry);
}

/** Null: every pod. */
function podsText({ namespace, pod }: PodsTarget): string | null {
  return pod === null ? namespace : `${namespace ?? '*'}/${pod}`;
}

function nameOf(body: unknown): string {
  const { metadata } = (body ?? {}) as { metadata?: { name?: unknown; generateName?: unknown } };
  if (typeof metadata?.name === 'string') return metadata.name;
  return typeof metadata?.generateName === 'string' ? `${metadata.generateName}*` : '';
}
