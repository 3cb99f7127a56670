import type { AtLine, AtReply } from './exchange.ts';
import { parseFinalResult, prefixOf } from './result.ts';

/** A line that a person or a program sent: as echoed, or as connection managers log it (`[time] AT> …`). */
const sent = /^(?:\[[^\]]*\]\s*)?AT>\s*(.*)$/i;
const received = /^(?:\[[^\]]*\]\s*)?AT<\s*(.*)$/i;
const echoed = /^AT([+^*%$#!&_@A-Z][^:]*)?$/i;

/**
 * Parses a captured dialogue, with or without echo, into answers:
 *
 *     AT+CSQ
 *     +CSQ: 23,99
 *
 *     OK
 *
 * In the log of a connection manager the lines between `AT>` and `AT<` are other programs' and are left out. Without any echo or final result,
 * all lines are taken as one answer.
 */
export function parseDialogue(text: string): AtReply[] {
  // Lines are numbered as editors do: an echo that ends in `\r\r\n` is one line.
  const lines = text
    .split('\n')
    .flatMap((line, index) => line.split('\r').map((part) => ({ text: part.trim(), number: index + 1 })));
  const logged = lines.some((line) => sent.test(line.text) || received.test(line.text));
  const replies: AtReply[] = [];
  let open: AtReply | undefined;
  const begin = (command: string | undefined): AtReply => {
    open = { command, lines: [], result: undefined };
    replies.push(open);
    return open;
  };
  for (const line of lines) {
    const spoken = logged ? speech(line) : bare(line);
    if (spoken === undefined) continue;
    if (spoken.command !== undefined) {
      begin(spoken.command);
      continue;
    }
    const reply = open ?? begin(undefined);
    const result = parseFinalResult(spoken.text);
    if (result === undefined) {
      reply.lines.push({ text: spoken.text, number: line.number });
      continue;
    }
    reply.result = result;
    open = undefined;
  }
  return replies;
}

interface Spoken {
  command: string | undefined;
  text: string;
}

function speech({ text }: AtLine): Spoken | undefined {
  const command = sent.exec(text)?.[1];
  if (command !== undefined) return { command, text: '' };
  const answer = received.exec(text)?.[1];
  return answer === undefined || answer === '' ? undefined : { command: undefined, text: answer };
}

function bare({ text }: AtLine): Spoken | undefined {
  if (text === '') return undefined;
  const isCommand = echoed.test(text) && prefixOf(text) === undefined;
  return { command: isCommand ? text : undefined, text };
}
