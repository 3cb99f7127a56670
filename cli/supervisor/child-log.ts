import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { prettyFactory } from 'pino-pretty';

/** Turns one line of a process's JSON log into one for people. Lines that are no JSON come back as they are. */
export function prettyLine(colorize: boolean): (line: string) => string {
  return prettyFactory({ colorize, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true });
}

/** Prints every line of a process's output by `print`, formatted by `format`. */
export function followLog(output: Readable, format: (line: string) => string, print: (text: string) => void): void {
  createInterface({ input: output }).on('line', (line) => print(format(line)));
}
