// A terminal in a container: in a real browser, over a WebSocket with the token of the tab, under the policy of the page.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endOf } from '../../src/web/terminal/exec-end.ts';
import { wordsOf } from '../../src/web/terminal/words.ts';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 60_000;
const TOKEN = 'a-token-of-the-service';
const PODS = `{apiVersion: v1, kind: Pod, metadata: {name: shell}, spec: {containers: [
  {name: app, image: nginx}, {name: tick, image: 'busybox:1.36', command: [sh, -c, 'while true; do echo tick; sleep 10; done']}]}}`;

let browser: Browser;
let test: TestService;
beforeAll(async () => {
  browser = await launchBrowser();
  test = await startTestService({ page: await pageFiles(), token: TOKEN });
  await post('/v1/clusters', { name: 'talk' });
  await test.http
    .post('/v1/clusters/talk/manifests')
    .set('Authorization', `Bearer ${TOKEN}`)
    .set('Content-Type', 'application/yaml')
    .send(PODS);
  await post('/v1/clusters/talk/clock/advance', { by: '30s' });
}, PATIENCE_MS);
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  await browser.close();
  await test.close();
});

const post = (path: string, body: object) => test.http.post(path).set('Authorization', `Bearer ${TOKEN}`).send(body);

async function openTerminal(query = ''): Promise<{ page: Page; errors: string[]; sizes: string[] }> {
  const { page, errors } = await openTab(browser, test.url);
  const sizes: string[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (payload[0] === 4 || payload[0] === '\u0004') sizes.push(payload.toString().slice(1));
    }),
  );
  await page.getByLabel('Token', { exact: true }).fill(TOKEN);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.goto(`${test.url}/#/clusters/talk?object=pods/default/shell&tab=terminal${query}`);
  await page.getByRole('combobox', { name: 'container' }).waitFor();
  return { page, errors, sizes };
}

const screenOf = (page: Page) => page.locator('.xterm-rows');
const said = (page: Page, text: string | RegExp) => page.locator('.terminal-tab [role=status]').getByText(text).waitFor();

describe('a terminal', () => {
  it(
    'runs a shell, says its exit code, and lets the keyboard out',
    async () => {
      const { page, errors, sizes } = await openTerminal();
      await page.getByRole('button', { name: 'Open', exact: true }).click();
      await said(page, 'The command runs.');
      await page.keyboard.type('echo "hello $((6 * 7))"\r');
      await screenOf(page).getByText('hello 42').waitFor();
      // What a program colours is coloured, though style attributes are forbidden.
      await page.keyboard.type("printf '\\033[38;2;1;100;3mgreen\\033[0m\\n'\r");
      await screenOf(page).getByText('green', { exact: true }).waitFor();
      const colours = '[...document.querySelectorAll(".xterm-rows span")].map((one) => getComputedStyle(one).color)';
      await expect.poll(() => page.evaluate(colours)).toContain('rgb(1, 100, 3)');
      await page.setViewportSize({ width: 700, height: 800 });
      await expect.poll(() => sizes.length).toBeGreaterThan(1);
      expect(sizes.map((size) => Object.keys(JSON.parse(size) as object).join())).toEqual(sizes.map(() => 'Width,Height'));
      await page.keyboard.press('Shift+Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Stop');
      await page.locator('.xterm-helper-textarea').focus();
      await page.keyboard.type('exit 7\r');
      await said(page, 'The command ended with exit code 7.');
      // The policy of the page had nothing to forbid.
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'is in the container that was chosen, and stops when one wants',
    async () => {
      const { page } = await openTerminal();
      await page.getByRole('combobox', { name: 'container' }).selectOption('tick');
      await page.getByRole('textbox', { name: 'Command' }).fill(`sh -c 'echo "in $0"; sleep 100' tick`);
      await page.getByRole('button', { name: 'Open', exact: true }).click();
      await screenOf(page).getByText('in tick').waitFor();
      expect(await page.locator('.terminal-tab .command code').textContent()).toContain(
        `kubectl exec -it shell -n default -c tick -- sh -c 'echo "in $0"; sleep 100' tick`,
      );
      await said(page, 'The clock stands still');
      await page.getByRole('button', { name: 'Stop' }).click();
      await said(page, 'Open runs the command');
    },
    PATIENCE_MS,
  );

  it(
    'says what the cluster says when a command cannot run',
    async () => {
      const { page } = await openTerminal();
      await page.getByRole('textbox', { name: 'Command' }).fill('no-such-program');
      await page.getByRole('button', { name: 'Open', exact: true }).click();
      await said(page, /no-such-program.*executable file not found/);
    },
    PATIENCE_MS,
  );

  it(
    'follows a log as it grows',
    async () => {
      const { page } = await openTerminal();
      await page.getByRole('combobox', { name: 'container' }).selectOption('tick');
      await page.getByRole('button', { name: 'Follow the log' }).click();
      await said(page, 'What is written appears here.');
      const lines = async () => ((await screenOf(page).textContent()) ?? '').match(/tick/g)?.length ?? 0;
      await expect.poll(lines).toBeGreaterThan(0);
      const before = await lines();
      await post('/v1/clusters/talk/clock/advance', { by: '20s' });
      await expect.poll(lines).toBe(before + 2);
    },
    PATIENCE_MS,
  );

  it(
    'reads the log of the past, where nobody can be talked to',
    async () => {
      const { page } = await openTerminal('&at=2025-01-01T00:00:25Z');
      expect(await page.getByRole('button', { name: 'Open', exact: true }).count()).toBe(0);
      await page.getByRole('button', { name: 'Follow the log' }).click();
      await said(page, /The log ends here|previous terminated|waiting to start/);
    },
    PATIENCE_MS,
  );
});

describe('words of a command', () => {
  it.each([
    ['sh', ['sh']],
    [`sh -c 'echo "a b"'`, ['sh', '-c', 'echo "a b"']],
    ['  printf "%s" a\'b c\'d  ', ['printf', '%s', 'ab cd']],
    ['echo ""', ['echo', '']],
    ['', []],
  ])('%s', (line, words) => {
    expect(wordsOf(line)).toEqual(words);
  });
});

describe('the end of a command', () => {
  it.each([
    ['{"status":"Success"}', { kind: 'exited', code: 0 }],
    [
      '{"status":"Failure","reason":"NonZeroExitCode","message":"m","details":{"causes":[{"reason":"ExitCode","message":"137"}]}}',
      { kind: 'exited', code: 137 },
    ],
    ['{"status":"Failure","reason":"InternalError","message":"no such container"}', { kind: 'failed', message: 'no such container' }],
  ])('%s', (status, end) => {
    expect(endOf(status)).toEqual(end);
  });
});
