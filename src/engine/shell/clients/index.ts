// The client programs of databases: they connect as their options say, fail in their own words when nobody answers, and say what people grep for when
// somebody does. What a server holds is not simulated: queries that only ask whether it lives are answered, others succeed without rows. Rule: K920.

import type { ShellCommand } from '../command.ts';
import { MONGO_CLIENTS } from './mongo.ts';
import { MYSQL_CLIENTS } from './mysql.ts';
import { POSTGRES_CLIENTS } from './postgres.ts';
import { REDIS_CLIENTS } from './redis.ts';
import { findSaying } from './sayings.ts';

const CLIENTS: ReadonlyMap<string, ShellCommand> = new Map(
  [POSTGRES_CLIENTS, MYSQL_CLIENTS, MONGO_CLIENTS, REDIS_CLIENTS].flatMap((clients) => Object.entries(clients)),
);

/** What an image's client does with these words, or a program that only says something; an image has it when it knows the name. */
export function findClient(words: readonly string[]): ShellCommand | undefined {
  const [name = ''] = words;
  return findSaying(words) ?? CLIENTS.get(name.slice(name.lastIndexOf('/') + 1));
}
