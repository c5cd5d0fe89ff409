// The command that does what the page did last, to copy.

import { lastCommand } from '../state/last-command.ts';
import { say } from '../state/notices.ts';
import { text } from '../text/text.ts';

export function CommandStrip() {
  const command = lastCommand.value;
  if (command === undefined) return null;
  return (
    <footer class="strip" aria-label={text.sameInTerminal}>
      <Command command={command} />
    </footer>
  );
}

export function Command({ command }: { readonly command: string }) {
  return (
    <div class="command">
      <code tabIndex={0} title={text.sameInTerminal}>
        <span aria-hidden="true">$ </span>
        {command}
      </code>
      <button type="button" class="quiet" onClick={() => void copyText(command, text.copied)}>
        {text.copy}
      </button>
    </div>
  );
}

/** Puts a text on the clipboard: also where pages may not, because the service is reached without TLS under another name than localhost. */
export async function copyText(value: string, done: string): Promise<void> {
  if (navigator.clipboard === undefined) {
    const field = document.createElement('textarea');
    field.value = value;
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  } else await navigator.clipboard.writeText(value);
  say(done);
}
