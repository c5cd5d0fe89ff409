// What Go's HTTP server says a body is when its handler does not: it looks at the first bytes. Upstream: go/src/net/http/sniff.go. Rule: K913.
// Omits the pictures, sounds, fonts and archives of that table: no server of agnhost has any.

import type { HttpReply } from '../server.ts';

/** Bytes that are looked at. */
const SNIFFED_LENGTH = 512;

/** Beginnings of HTML, after white space; a tag counts when a space or `>` follows. */
const HTML = /^[\t\n\f\r ]*(?:<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ >]|<!--)/i;
const XML = /^[\t\n\f\r ]*<\?xml/;
/** Below the space, only these are in texts: tab, line feed, form feed, carriage return and escape. */
const SPACE = 0x20;
const TEXT_CONTROLS: readonly number[] = [0x09, 0x0a, 0x0c, 0x0d, 0x1b];

/** The reply with a type of its content, unless it has one or no content. */
export function withContentType(reply: HttpReply): HttpReply {
  const { body, headers = {} } = reply;
  if (body === '' || Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) return reply;
  return { ...reply, headers: { ...headers, 'Content-Type': sniffed(body.slice(0, SNIFFED_LENGTH)) } };
}

function sniffed(begin: string): string {
  if (HTML.test(begin)) return 'text/html; charset=utf-8';
  if (XML.test(begin)) return 'text/xml; charset=utf-8';
  if (begin.startsWith('%PDF-')) return 'application/pdf';
  return isBinary(begin) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

function isBinary(text: string): boolean {
  return [...text].some((letter) => letter.charCodeAt(0) < SPACE && !TEXT_CONTROLS.includes(letter.charCodeAt(0)));
}
