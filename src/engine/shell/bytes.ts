// Bytes and the text that stands for them. Text is UTF-8; a byte that is none becomes a lone low surrogate (0xDC00 + byte), so that nothing is
// lost on the way through a file or the journal. Bytes are strings with one character a byte.

/** Bytes, one character each, as text. */
export function bytesToText(bytes: string): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 1) text += bytes[at];
    else if (length > 1) text += String.fromCodePoint(codePointAt(bytes, at, length));
    else text += String.fromCharCode(0xdc00 + bytes.charCodeAt(at));
    at += Math.max(1, length);
  }
  return text;
}

/** Text as bytes, one character each. */
export function textToBytes(text: string): string {
  let bytes = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes += character;
    else if (code >= 0xdc80 && code <= 0xdcff) bytes += String.fromCharCode(code - 0xdc00);
    else if (code < 0x800) bytes += String.fromCharCode(0xc0 | (code >> 6), continuation(code, 0));
    else if (code < 0x10000) bytes += String.fromCharCode(0xe0 | (code >> 12), continuation(code, 6), continuation(code, 0));
    else bytes += String.fromCharCode(0xf0 | (code >> 18), continuation(code, 12), continuation(code, 6), continuation(code, 0));
  }
  return bytes;
}

/** How many bytes a text is. */
export function byteLength(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    // A byte that is no UTF-8 is one; the two halves of a character beyond the first plane make four together.
    const isPair = code >= 0xd800 && code < 0xdc00 && at + 1 < text.length && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) {
      length += 2;
      at += 1;
    } else if (code < 0x800) length += 1;
    else if (code < 0xdc80 || code > 0xdcff) length += 2;
  }
  return length;
}

/** Bytes at the end that begin a character whose rest has not come yet. */
export function incompleteTail(bytes: string): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const code = bytes.charCodeAt(bytes.length - back);
    if ((code & 0xc0) === 0x80) continue;
    return leadLength(code) > back ? back : 0;
  }
  return 0;
}

function continuation(code: number, shift: number): number {
  return 0x80 | ((code >> shift) & 0x3f);
}

function leadLength(code: number): number {
  if (code < 0x80) return 1;
  if (code >= 0xc2 && code < 0xe0) return 2;
  if (code >= 0xe0 && code < 0xf0) return 3;
  return code >= 0xf0 && code < 0xf5 ? 4 : 0;
}

/** Length of the well-formed sequence at a place; 0 when there is none. */
function sequenceLength(bytes: string, at: number): number {
  const length = leadLength(bytes.charCodeAt(at));
  if (length < 2) return length;
  for (let index = 1; index < length; index += 1) if ((bytes.charCodeAt(at + index) & 0xc0) !== 0x80) return 0;
  const code = codePointAt(bytes, at, length);
  const isShort = code < (length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000);
  return isShort || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? 0 : length;
}

function codePointAt(bytes: string, at: number, length: number): number {
  let code = bytes.charCodeAt(at) & (0xff >> (length + 1));
  for (let index = 1; index < length; index += 1) code = (code << 6) | (bytes.charCodeAt(at + index) & 0x3f);
  return code;
}
