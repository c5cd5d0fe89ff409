// A command in one line, as people would say it.

import type { Command, Fault, PodsTarget } from '../engine/cluster/index.ts';

export function commandText(command: Command): string {
  switch (command.type) {
    case 'genesis':
      return `create the cluster from seed ${command.config.seed}`;
    case 'request': {
      const { verb, resource, subresource, namespace, name } = command.request;
      const what = subresource === undefined ? resource : `${resource}/${subresource}`;
      const which = name ?? nameOf(command.request.body);
      return [verb, what, which, namespace === undefined ? '' : `in ${namespace}`].filter((word) => word !== '').join(' ');
    }
    case 'manifests':
      return `${command.mode} ${command.objects.length} manifest${command.objects.length === 1 ? '' : 's'}`;
    case 'advance':
      return 'turn the clock';
    case 'clock':
      return command.clock.mode === 'manual' ? 'stop the clock' : `let the clock run, rate ${command.clock.rate ?? 1}`;
    case 'seed':
      return `go on with seed ${command.seed}`;
    case 'image':
      return command.behavior === null
        ? `forget the behaviour of image ${command.reference}`
        : `set the behaviour of image ${command.reference}`;
    case 'fault':
      return faultText(command.fault);
    case 'end-fault':
      return `end ${command.id}`;
    case 'park':
      return `park ${command.work.kind} ${command.work.owner} ${command.work.key}`;
    case 'exec-start': {
      const { namespace, pod, container, command: words } = command.request;
      return `exec in ${namespace}/${pod} ${container}: ${words.join(' ').slice(0, TEXT_LENGTH_MAX)}`;
    }
    case 'exec-input':
      return `input of ${command.session}`;
    case 'exec-close':
      return `end of ${command.session}`;
    case 'port-request':
      return 'a request to a port of a pod';
    case 'attach-input':
      return `input of ${command.container.namespace}/${command.container.pod} ${command.container.container}`;
  }
}

const TEXT_LENGTH_MAX = 200;

export function faultText(fault: Fault): string {
  if ('pod' in fault && 'node' in fault)
    return [fault.type, podsText(fault), ...('container' in fault ? [fault.container] : [])].filter(Boolean).join(' ');
  if ('node' in fault) return `${fault.type} ${fault.node}`;
  if ('pod' in fault) return `${fault.type} ${fault.namespace}/${fault.pod}${fault.container === null ? '' : ` ${fault.container}`}`;
  if (fault.type === 'image-pull-fail') return `${fault.type} ${fault.image}`;
  return fault.registry === null ? fault.type : `${fault.type} ${fault.registry}`;
}

/** Empty: every pod. */
function podsText({ node, namespace, pod }: PodsTarget): string {
  const named = pod === null ? namespace : `${namespace ?? '*'}/${pod}`;
  return [named, node === null ? null : `on ${node}`].filter((part) => part !== null).join(' ');
}

function nameOf(body: unknown): string {
  const { metadata } = (body ?? {}) as { metadata?: { name?: unknown; generateName?: unknown } };
  if (typeof metadata?.name === 'string') return metadata.name;
  return typeof metadata?.generateName === 'string' ? `${metadata.generateName}*` : '';
}
