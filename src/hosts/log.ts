// The log of the service: lines of JSON, or lines for people. A line is a constant message and fields; secrets are in none.

import { isatty } from 'node:tty';
import { destination, type Logger, pino } from 'pino';
import type { Answered } from '../http/app.ts';
import type { LogFormat, LogLevel } from './config.ts';
import { prettyLine } from './pretty-log.ts';

/** Wall time after which an answer is slow. */
export const SLOW_MS = 1_000;

/** Standard output is for the address; the log goes to standard error. */
const STANDARD_ERROR = 2;

/** What takes lines. */
export interface LineSink {
  write(line: string): void;
}

/** A log. With the format `auto` it is pretty on a terminal, and JSON elsewhere. */
export function createLog({ logLevel: level, logFormat }: { readonly logLevel: LogLevel; readonly logFormat: LogFormat }): Logger {
  const isTerminal = isatty(STANDARD_ERROR);
  const isPretty = logFormat === 'pretty' || (logFormat === 'auto' && isTerminal);
  return createLogTo(destination(STANDARD_ERROR), level, isPretty, isTerminal);
}

/** The same to a sink. */
export function createLogTo(sink: LineSink, level: LogLevel, isPretty: boolean, hasColors = false): Logger {
  const pretty: LineSink = { write: (line) => sink.write(prettyLine(line, hasColors)) };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, isPretty ? pretty : sink);
}

/** Says of an answer what an operator should know; what is as it should be is for those who debug. */
export function logAnswer(log: Logger, answer: Answered): void {
  const { reason, milliseconds, isStream, ...fields } = answer;
  const line = { ...fields, milliseconds: Math.round(milliseconds * 10) / 10 };
  if (answer.status >= 500) log.info({ ...line, reason }, 'request failed');
  else if (reason !== undefined && (answer.status === 401 || answer.status === 403)) log.info({ ...line, reason }, 'access refused');
  else if (milliseconds > SLOW_MS && !isStream) log.info(line, 'slow request');
  else log.debug(line, 'answered');
}
