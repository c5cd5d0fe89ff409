// What asks for names and talks to ports: nslookup, dig, host, getent, telnet, ip, ifconfig, netstat.

import type { CommandContext, ShellCommand } from '../command.ts';
import type { NetworkAnswer } from '../state.ts';
import { awaitDns, exchange } from './exchange.ts';
import { linesOf, parseOptions, readAll } from './input-text.ts';

function serverOf({ host }: CommandContext): string {
  const line = linesOf(host.files.read('/etc/resolv.conf') ?? '').find((item) => item.startsWith('nameserver'));
  return line?.split(/\s+/)[1] ?? '10.96.0.10';
}

const IS_ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** The full name that answered: the one that was asked for, or with a part of the search list. */
function fullName(context: CommandContext, name: string): string {
  if (name.includes('.') && !name.endsWith('.svc')) return name.replace(/\.$/, '');
  const search =
    linesOf(context.host.files.read('/etc/resolv.conf') ?? '')
      .find((line) => line.startsWith('search'))
      ?.split(/\s+/)
      .slice(1) ?? [];
  const suffix = search.find((part) => context.host.resolve(`${name}.${part}`) !== undefined);
  return suffix === undefined ? name : `${name}.${suffix}`;
}

/** What DNS says of a name, once there was time for it; null while it waits. */
function question(
  context: CommandContext,
  name: string,
): { readonly address: string | undefined; readonly alias?: string | undefined } | 'silent' | null {
  const passed = awaitDns(context, name);
  if (passed === null) return null;
  if (passed.outcome === 'dns-timeout') return 'silent';
  const found = context.host.askDns(name);
  return { address: found.kind === 'address' ? found.address : undefined, alias: found.alias };
}

const nslookup: ShellCommand = (context) => {
  const { host, out, error } = context;
  const [target = '', given] = context.args.filter((argument) => !argument.startsWith('-'));
  const asked = question(context, target);
  if (asked === null) return null;
  if (asked === 'silent') {
    out(';; connection timed out; no servers could be reached\n\n');
    return 1;
  }
  const { address } = asked;
  const server = given ?? serverOf(context);
  out(`Server:\t\t${server}\nAddress:\t${server}${host.flavor === 'busybox' ? ':53' : '#53'}\n\n`);
  if (address === undefined) {
    if (host.flavor === 'busybox') error(`** server can't find ${target}: NXDOMAIN\n\n`);
    else out(`** server can't find ${target}: NXDOMAIN\n\n`);
    return 1;
  }
  out(`Name:\t${fullName(context, target)}\nAddress: ${address}\n\n`);
  return 0;
};

const dig: ShellCommand = (context) => {
  const { out } = context;
  const server = context.args.find((argument) => argument.startsWith('@'))?.slice(1) ?? serverOf(context);
  const isShort = context.args.includes('+short');
  const hasSearch = context.args.includes('+search');
  const words = context.args.filter((argument) => !/^[-+@]/.test(argument) && !/^(?:A|AAAA|IN|ANY|TXT|MX|NS|CNAME|SRV)$/.test(argument));
  const type = context.args.find((argument) => /^(?:AAAA|TXT|MX|NS|CNAME|SRV)$/.test(argument)) ?? 'A';
  const name = words[0] ?? '.';
  // Without +search a name is asked for as it stands.
  const asked = hasSearch ? fullName(context, name) : name.replace(/\.$/, '');
  const isWhole = hasSearch || asked.includes('.');
  const found = question(context, `${asked}.`);
  if (found === null) return null;
  if (found === 'silent') {
    if (!isShort) out(`\n; <<>> DiG 9.18.28 <<>> ${context.args.join(' ')}\n;; global options: +cmd\n`);
    out(`${`;; communications error to ${server}#53: timed out\n`.repeat(3)}${isShort ? '' : '\n'};; no servers could be reached\n`);
    return 9;
  }
  const address = type === 'A' && isWhole ? found.address : undefined;
  // An alias is part of every answer.
  const alias = isWhole ? found.alias : undefined;
  if (isShort) {
    if (alias !== undefined) out(`${alias.replace(/\.$/, '')}.\n`);
    if (address !== undefined) out(`${address}\n`);
    return 0;
  }
  const status = address === undefined && alias === undefined && type === 'A' ? 'NXDOMAIN' : 'NOERROR';
  const count = [address, alias].filter((item) => item !== undefined).length;
  out(`\n; <<>> DiG 9.18.28 <<>> ${context.args.join(' ')}\n;; global options: +cmd\n;; Got answer:\n`);
  out(
    `;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: ${count}, AUTHORITY: 0, ADDITIONAL: 1\n\n`,
  );
  out(`;; QUESTION SECTION:\n;${asked}.\t\tIN\t${type}\n\n`);
  const records = [
    ...(alias === undefined ? [] : [`${asked}.\t30\tIN\tCNAME\t${alias}.\n`]),
    ...(address === undefined ? [] : [`${alias ?? asked}.\t30\tIN\tA\t${address}\n`]),
  ];
  if (records.length > 0) out(`;; ANSWER SECTION:\n${records.join('')}\n`);
  out(`;; Query time: 1 msec\n;; SERVER: ${server}#53(${server}) (UDP)\n\n`);
  return 0;
};

const hostName: ShellCommand = (context) => {
  const [target = ''] = context.args.filter((argument) => !argument.startsWith('-'));
  const found = question(context, target);
  if (found === null) return null;
  if (found === 'silent') {
    context.out(';; connection timed out; no servers could be reached\n');
    return 1;
  }
  const { address } = found;
  context.out(address === undefined ? `Host ${target} not found: 3(NXDOMAIN)\n` : `${fullName(context, target)} has address ${address}\n`);
  return address === undefined ? 1 : 0;
};

/** `getent hosts name`, `getent passwd user`. */
const getEntry: ShellCommand = (context) => {
  const [database = '', key = ''] = context.args;
  if (database === 'hosts' || database.startsWith('ahosts')) {
    if (awaitDns(context, key) === null) return null;
    const address = context.host.resolve(key);
    if (address === undefined) return 2;
    context.out(
      database === 'hosts' ? `${address}      ${IS_ADDRESS.test(key) ? key : fullName(context, key)}\n` : `${address}      STREAM ${key}\n`,
    );
    return 0;
  }
  const lines = linesOf(context.host.files.read(`/etc/${database}`) ?? '').filter(
    (line) => key === '' || line.split(':').slice(0, 3).includes(key),
  );
  context.out(lines.map((line) => `${line}\n`).join(''));
  return lines.length === 0 ? 2 : 0;
};

/** Says that it is connected, sends its input, prints what comes back. */
const telnet: ShellCommand = (context) => {
  const [name = '', port = '23'] = context.args.filter((argument) => !argument.startsWith('-'));
  const { host } = context;
  const connection = exchange(context, 'connection', (): NetworkAnswer => host.connect(name, Number(port)), 130_000);
  if (connection === null) return null;
  const isSmall = host.flavor === 'busybox';
  if (connection.outcome !== 'ok') {
    const ip = connection.address.split(':')[0] ?? '';
    const reason = connection.outcome === 'timeout' ? 'Operation timed out' : 'Connection refused';
    if (connection.outcome === 'unknown-host' || connection.outcome === 'dns-timeout')
      context.error(
        isSmall
          ? `telnet: bad address '${name}'\n`
          : `telnet: could not resolve ${name}/${port}: ${connection.outcome === 'dns-timeout' ? 'Temporary failure in name resolution' : 'Name or service not known'}\n`,
      );
    else
      context.error(
        isSmall
          ? `telnet: can't connect to remote host (${ip}): ${reason}\n`
          : `Trying ${ip}...\ntelnet: Unable to connect to remote host: ${reason}\n`,
      );
    return 1;
  }
  if (context.memory['isConnected'] !== true) {
    context.memory['isConnected'] = true;
    const ip = connection.address.split(':')[0] ?? '';
    context.out(
      isSmall
        ? `Connected to ${name}\n\nEntering character mode\nEscape character is '^]'.\n\n`
        : `Trying ${ip}...\nConnected to ${name}.\nEscape character is '^]'.\n`,
    );
  }
  const input = readAll(context, []);
  if (input === null) return null;
  const answer = exchange(context, 'answer', () => host.converse('tcp', name, Number(port), input.text), 130_000);
  if (answer === null) return null;
  context.out(answer.body);
  context.error('Connection closed by foreign host\n');
  return 1;
};

function ownAddress({ host }: CommandContext): string {
  return host.resolve(host.hostname) ?? '127.0.0.1';
}

const ip: ShellCommand = (context) => {
  const words = context.args.filter((argument) => !argument.startsWith('-'));
  if (/^(?:add|del|delete|set|change|replace|flush)$/.test(words[1] ?? '') && !context.host.isPrivileged) {
    context.error(`${context.host.flavor === 'busybox' ? 'ip: ' : ''}RTNETLINK answers: Operation not permitted\n`);
    return context.host.flavor === 'busybox' ? 1 : 2;
  }
  if (/^(?:add|del|delete|set|change|replace|flush)$/.test(words[1] ?? '')) return 0;
  const address = ownAddress(context);
  if (words[0]?.startsWith('r') === true)
    context.out(
      `default via ${address.replace(/\.\d+$/, '.1')} dev eth0\n${address.replace(/\.\d+$/, '.0')}/24 dev eth0 scope link  src ${address}\n`,
    );
  else {
    const link = (at: number, name: string, flags: string): string =>
      `${at}: ${name}: <${flags},UP,LOWER_UP> mtu ${at === 1 ? 65_536 : 1500} qdisc noqueue state ${at === 1 ? 'UNKNOWN' : 'UP'}\n`;
    context.out(
      `${link(1, 'lo', 'LOOPBACK')}    inet 127.0.0.1/8 scope host lo\n${link(2, 'eth0@if5', 'BROADCAST,MULTICAST')}    inet ${address}/24 brd ${address.replace(/\.\d+$/, '.255')} scope global eth0\n`,
    );
  }
  return 0;
};

const interfaces: ShellCommand = (context) => {
  const address = ownAddress(context);
  context.out(
    `eth0      Link encap:Ethernet  HWaddr 0A:58:0A:F4:00:05\n          inet addr:${address}  Bcast:${address.replace(/\.\d+$/, '.255')}  Mask:255.255.255.0\n\nlo        Link encap:Local Loopback\n          inet addr:127.0.0.1  Mask:255.0.0.0\n\n`,
  );
  return 0;
};

/** What listens, as far as the container's own processes say it. */
const sockets: ShellCommand = (context) => {
  const { options } = parseOptions(context.args, 'Af');
  context.out(
    context.name === 'ss'
      ? 'State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n'
      : 'Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State\n',
  );
  for (const port of context.host.openPorts()) {
    if (context.name === 'ss') context.out(`LISTEN 0      128          0.0.0.0:${port}      0.0.0.0:*\n`);
    else if (!options.has('u') || options.has('t'))
      context.out(`tcp        0      0 ${`0.0.0.0:${port}`.padEnd(23)} 0.0.0.0:*               LISTEN\n`);
  }
  return 0;
};

export const NAME_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  nslookup,
  dig,
  host: hostName,
  getent: getEntry,
  telnet,
  ip,
  ifconfig: interfaces,
  netstat: sockets,
  ss: sockets,
};
