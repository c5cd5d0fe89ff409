// The page at /: clusters, and time in each of them.

import { render } from 'preact';
import { App } from './shell/app.tsx';
import { listenToKeys } from './shell/keys.ts';
import { language } from './text/text.ts';
import './styles/index.css';

document.documentElement.lang = language;
listenToKeys();
const root = document.querySelector('#app');
if (root !== null) {
  root.replaceChildren();
  render(<App />, root);
}
