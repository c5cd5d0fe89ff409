// Commands on files: touch, rm, mkdir, ls, cp, mv, chmod, find, mktemp and others.

import { spendText } from '../budget.ts';
import type { CommandContext, ShellCommand } from '../command.ts';
import type { FileInfo, FileSystem } from '../state.ts';
import { entriesOf } from './owners.ts';
import { parseOptions } from './input-text.ts';
import { find } from './find.ts';
import { list } from './listing.ts';
import { statFile } from './stat.ts';

function complain(context: CommandContext, verb: string, path: string, reason: string): number {
  context.error(`${context.name}: ${context.host.flavor === 'busybox' ? `can't ${verb}` : `cannot ${verb}`} '${path}': ${reason}\n`);
  return 1;
}

const touch: ShellCommand = (context) => {
  let code = 0;
  for (const path of parseOptions(context.args, 'dtr').operands) {
    const error = context.host.files.touch(context.path(path));
    if (error !== null) {
      context.error(context.host.flavor === 'busybox' ? `touch: ${path}: ${error}\n` : `touch: cannot touch '${path}': ${error}\n`);
      code = 1;
    }
  }
  return code;
};

const remove: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  let code = 0;
  for (const path of operands) {
    const resolved = context.path(path);
    const info = context.host.files.lstat(resolved);
    if (info === undefined) {
      if (!options.has('f')) code = complain(context, 'remove', path, 'No such file or directory');
    } else if (info.kind === 'directory' && !options.has('r') && !options.has('R')) {
      code = complain(context, 'remove', path, 'Is a directory');
    } else if (!removeTree(context, resolved, path)) code = 1;
  }
  return code;
};

/** Says of each file why it stays; whether none does. */
function removeTree(context: CommandContext, path: string, shown: string): boolean {
  const { files } = context.host;
  let isGone = true;
  if (files.lstat(path)?.kind === 'directory')
    for (const name of files.list(path) ?? [])
      isGone = removeTree(context, `${path === '/' ? '' : path}/${name}`, `${shown.replace(/\/$/, '')}/${name}`) && isGone;
  if (!isGone) return false;
  const error = files.remove(path);
  if (error !== null) complain(context, 'remove', shown, error);
  return error === null;
}

const makeDirectory: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'm');
  let code = 0;
  for (const path of operands) {
    const resolved = context.path(path);
    const parts = resolved.split('/').slice(1);
    if (options.has('p'))
      parts.slice(0, -1).forEach((_part, index) => context.host.files.makeDirectory(`/${parts.slice(0, index + 1).join('/')}`));
    const exists = context.host.files.stat(resolved) !== undefined;
    const error = exists ? (options.has('p') ? null : 'File exists') : context.host.files.makeDirectory(resolved);
    if (error !== null) code = complain(context, 'create directory', path, error);
  }
  return code;
};

const copy: ShellCommand = (context) => {
  const { operands, options } = parseOptions(context.args, 't');
  const target = operands.at(-1);
  if (operands.length < 2 || target === undefined) return complain(context, 'stat', target ?? '', 'missing file operand');
  let code = 0;
  for (const source of operands.slice(0, -1)) {
    const from = context.path(source);
    if (context.host.files.lstat(from) === undefined) {
      code = complain(context, 'stat', source, 'No such file or directory');
      continue;
    }
    const isInto = context.host.files.stat(context.path(target))?.kind === 'directory';
    // `dir/.` is what is in the directory.
    const isContent = /(?:^|\/)\.$/.test(source);
    const to = isInto && !isContent ? `${context.path(target)}/${from.split('/').at(-1) ?? ''}` : context.path(target);
    if (isContent && context.host.files.stat(from)?.isAssumed === true) continue;
    const isRecursive = options.has('r') || options.has('R') || options.has('a') || context.name === 'mv';
    // Links are copied as links inside of trees, and where it is asked for.
    const keepsLinks = isRecursive || options.has('d') || options.has('P');
    const error = copyTree(context, from, to, isRecursive, keepsLinks);
    if (error !== null) code = complain(context, 'create', target, error);
    else if (context.name === 'mv' && !removeTree(context, from, source)) code = 1;
  }
  return code;
};

/** Returns the first error, or null. */
function copyTree(context: CommandContext, from: string, to: string, isRecursive: boolean, keepsLinks: boolean): string | null {
  const files = context.host.files;
  const link = keepsLinks ? files.link(from) : undefined;
  if (link !== undefined) {
    if (files.lstat(to)?.kind === 'link') files.remove(to);
    return files.makeLink(to, link);
  }
  const text = files.read(from);
  if (text !== undefined) {
    const mode = files.stat(from)?.mode;
    spendText(context.state.budget, text.length);
    const error = files.write(to, text, false);
    if (error === null && mode !== undefined) files.setMode(to, mode);
    return error;
  }
  if (!isRecursive) return 'No such file or directory';
  files.makeDirectory(to);
  for (const name of files.list(from) ?? []) {
    const error = copyTree(context, `${from}/${name}`, `${to}/${name}`, true, keepsLinks);
    if (error !== null) return error;
  }
  return null;
}

/** `ln -s target link`, also into a directory; without `-s` the file is there twice. */
const makeLinks: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'tS');
  const { files, flavor } = context.host;
  const [last = '.'] = operands.length > 1 ? operands.slice(-1) : [];
  const targets = operands.length > 1 ? operands.slice(0, -1) : operands;
  let code = 0;
  for (const target of targets) {
    const place = context.path(last);
    const keepsPlace = (options.has('n') || options.has('T')) && files.link(place) !== undefined;
    const isInto = !keepsPlace && files.stat(place)?.kind === 'directory';
    const path = isInto ? `${place === '/' ? '' : place}/${target.replace(/\/+$/, '').split('/').at(-1) ?? ''}` : place;
    if (options.has('f') && files.lstat(path) !== undefined && files.lstat(path)?.kind !== 'directory') files.remove(path);
    const text = options.has('s') ? undefined : files.read(context.path(target));
    const isMissing = !options.has('s') && text === undefined;
    const exists = files.lstat(path) !== undefined ? 'File exists' : null;
    const error = isMissing
      ? 'No such file or directory'
      : (exists ?? (text === undefined ? files.makeLink(path, target) : files.write(path, text, false)));
    if (error === null) continue;
    code = 1;
    const kind = options.has('s') ? 'symbolic' : 'hard';
    context.error(
      flavor === 'busybox' ? `ln: ${isMissing ? target : path}: ${error}\n` : `ln: failed to create ${kind} link '${path}': ${error}\n`,
    );
  }
  return code;
};

/** Changes something about files, and about what is in them where `-R` is given; each error is reported. */
function changeEach(context: CommandContext, change: (path: string, info: FileInfo) => string | null): number {
  const { files, flavor } = context.host;
  const isRecursive = context.args.some((argument) => /^-\w*R/.test(argument) || argument === '--recursive');
  let code = 0;
  const visit = (path: string, shown: string, top = path): void => {
    const info = files.stat(path);
    // Links that are met on the way stay as they are.
    if (path !== top && files.lstat(path)?.kind === 'link') return;
    const error = info === undefined ? 'No such file or directory' : change(path, info);
    if (error !== null) {
      const verb = context.name === 'chmod' ? 'changing permissions of' : 'changing ownership of';
      context.error(flavor === 'busybox' ? `${context.name}: ${shown}: ${error}\n` : `${context.name}: ${verb} '${shown}': ${error}\n`);
      code = 1;
    }
    if (!isRecursive || info?.kind !== 'directory') return;
    for (const name of files.list(path) ?? []) visit(`${path === '/' ? '' : path}/${name}`, `${shown === '/' ? '' : shown}/${name}`, top);
  };
  for (const path of operandsOf(context).slice(1)) visit(context.path(path), path);
  return code;
}

/** Without options; a mode such as `-x` is none. */
function operandsOf({ args }: CommandContext): readonly string[] {
  return args.filter((argument) => !/^-[RvcfLHPh]+$/.test(argument) && !argument.startsWith('--'));
}

const changeMode: ShellCommand = (context) => {
  const [mode = ''] = operandsOf(context);
  return changeEach(context, (path, info) => context.host.files.setMode(path, applyMode(mode, info.mode)));
};

/** `chown user:group`, `chown user`, `chown :group`, `chgrp group`. */
const changeOwner: ShellCommand = (context) => {
  const { files } = context.host;
  const [text = ''] = operandsOf(context);
  const [user = '', group = ''] = context.name === 'chgrp' ? ['', text] : text.split(/[:.]/);
  const [uid, gid] = [idOf(files, '/etc/passwd', user), idOf(files, '/etc/group', group)];
  if (uid === undefined || gid === undefined) {
    const isUser = uid === undefined;
    const name = isUser ? user : group;
    context.error(
      context.host.flavor === 'busybox'
        ? `${context.name}: unknown ${isUser ? 'user' : 'group'} ${name}\n`
        : `${context.name}: invalid ${isUser ? 'user' : 'group'}: '${text}'\n`,
    );
    return 1;
  }
  return changeEach(context, (path) => files.setOwner(path, uid, gid));
};

/** The number of a name; null for none given, undefined for one that nobody has. */
function idOf(files: FileSystem, list: string, name: string): number | null | undefined {
  if (name === '') return null;
  if (/^\d+$/.test(name)) return Number(name);
  const id = entriesOf(files, list).find((entry) => entry[0] === name)?.[2];
  return id === undefined ? undefined : Number(id);
}

function applyMode(text: string, present: number): number {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8) & 0o7777;
  const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(text);
  if (match === null) return present;
  const who = match[1] === '' || (match[1] ?? '').includes('a') ? 'ugo' : (match[1] as string);
  let bits = 0;
  for (const letter of match[3] as string) {
    const bit = letter === 'r' ? 4 : letter === 'w' ? 2 : 1;
    if (who.includes('u')) bits |= bit << 6;
    if (who.includes('g')) bits |= bit << 3;
    if (who.includes('o')) bits |= bit;
  }
  return match[2] === '+' ? present | bits : match[2] === '-' ? present & ~bits : bits;
}

const removeDirectory: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  const { files, flavor } = context.host;
  let code = 0;
  for (const path of operands) {
    const at = context.path(path);
    const kind = files.lstat(at)?.kind;
    const isFull = kind === 'directory' && (files.list(at) ?? []).length > 0;
    const reason =
      kind === undefined
        ? 'No such file or directory'
        : kind !== 'directory'
          ? 'Not a directory'
          : isFull
            ? 'Directory not empty'
            : files.remove(at);
    if (reason === null || (isFull && options.has('ignore-fail-on-non-empty'))) continue;
    context.error(flavor === 'busybox' ? `rmdir: '${path}': ${reason}\n` : `rmdir: failed to remove '${path}': ${reason}\n`);
    code = 1;
  }
  return code;
};

/** `install -m 755 from to`, `install -d directory`. */
const install: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'mogtS');
  const mode = Number.parseInt(options.get('m') ?? '755', 8);
  const { files } = context.host;
  if (options.has('d')) return makeDirectory({ ...context, args: ['-p', ...operands] });
  const target = options.get('t') ?? operands.at(-1) ?? '';
  const isInto = files.stat(context.path(target))?.kind === 'directory';
  let code = 0;
  for (const source of options.has('t') ? operands : operands.slice(0, -1)) {
    const to = isInto ? `${context.path(target)}/${source.split('/').at(-1) ?? ''}` : context.path(target);
    const error =
      files.stat(context.path(source)) === undefined
        ? 'No such file or directory'
        : copyTree(context, context.path(source), to, false, false);
    if (error === null) files.setMode(to, mode);
    else code = complain(context, 'stat', source, error);
  }
  return code;
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** `mktemp [-d] [-p folder] [name.XXXXXX]`. */
const makeTemporary: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'p');
  const { files, random } = context.host;
  const template = operands[0] ?? 'tmp.XXXXXXXXXX';
  const folder = options.get('p') ?? (operands[0] === undefined || options.has('t') ? '/tmp' : undefined);
  const name = template.replace(/X{3,}(?!.*X{3})/, (marks) => Array.from(marks, () => LETTERS[random(LETTERS.length)] ?? 'x').join(''));
  const path = folder === undefined ? name : `${folder}/${name}`;
  const at = context.path(path);
  const error = options.has('u') ? null : options.has('d') ? files.makeDirectory(at) : files.write(at, '', false);
  if (error !== null) {
    context.error(`mktemp: failed to create ${options.has('d') ? 'directory' : 'file'} via template '${path}': ${error}\n`);
    return 1;
  }
  context.out(`${path}\n`);
  return 0;
};

const succeed: ShellCommand = () => 0;

/** Without arguments what is mounted; nothing is mounted from within. */
const showMounts: ShellCommand = ({ args, host, out }) => {
  if (args.some((argument) => argument.startsWith('/'))) return 0;
  for (const line of (host.files.read('/proc/mounts') ?? '').split('\n')) {
    const [device, path, type, options] = line.split(' ');
    if (options !== undefined) out(`${device} on ${path} type ${type} (${options})\n`);
  }
  return 0;
};

export const FILE_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  touch,
  rm: remove,
  rmdir: removeDirectory,
  install,
  mkdir: makeDirectory,
  ls: list,
  cp: copy,
  mv: copy,
  chmod: changeMode,
  chown: changeOwner,
  chgrp: changeOwner,
  ln: makeLinks,
  find,
  stat: statFile,
  sync: succeed,
  mount: showMounts,
  mktemp: makeTemporary,
  truncate: (context) => {
    for (const path of parseOptions(context.args, 's').operands) context.host.files.write(context.path(path), '', false);
    return 0;
  },
};
