// Pages that need nothing but this service: no script, style or font from elsewhere.

import { createHash } from 'node:crypto';

export interface Page {
  readonly title: string;
  /** HTML of the body. */
  readonly body: string;
  readonly style: string;
  readonly script: string;
}

const COMMON_STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); --soft: color-mix(in srgb, currentColor 6%, transparent); }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
code, pre, textarea, input { font-family: ui-monospace, monospace; font-size: .9em; }
pre { background: var(--soft); padding: .75rem; overflow: auto; border-radius: .4rem; }
a { color: LinkText; }
h1 { font-size: 1.6rem; margin: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
button { font: inherit; padding: .25rem .8rem; cursor: pointer; }
input, textarea { width: 100%; padding: .35rem; }
`;

/** The page as a response. Its policy allows this page's own script and style, and requests to this service, only. */
export function answerPage({ title, body, style, script }: Page): Response {
  const styles = `${COMMON_STYLE}${style}`;
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(styles)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const html = [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title><link rel="icon" href="data:,"><style>${styles}</style></head>`,
    `<body>${body}<script>${script}</script></body></html>`,
  ].join('\n');
  return new Response(html, {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-cache',
    },
  });
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
