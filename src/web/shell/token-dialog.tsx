// Asks for the token once.

import { isTokenWanted, keepToken, token } from '../state/token.ts';
import { text } from '../text/text.ts';
import { Dialog } from './dialog.tsx';

export function TokenDialog() {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const value = new FormData(event.currentTarget as HTMLFormElement).get('token');
    keepToken(String(value ?? '').trim());
  };
  return (
    <Dialog title={text.token.title} onClose={() => (isTokenWanted.value = false)}>
      <form onSubmit={submit}>
        <p class="muted">{text.token.explanation}</p>
        {token.value === '' ? null : (
          <p class="problem" role="alert">
            {text.token.refused}
          </p>
        )}
        <label class="field">
          {text.token.label}
          <input name="token" type="password" autocomplete="off" required defaultValue={token.value} />
        </label>
        <div class="actions">
          <button type="submit" class="primary">
            {text.token.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
