import { CampusError } from '../../../contract/errors.ts';
import type { Decoded } from '../../decode/decoded.ts';
import { parseDialogue } from './at/dialogue.ts';
import type { AtReply } from './at/exchange.ts';
import { mergeFacts } from './facts.ts';
import { withoutIdentities } from './identities.ts';
import { interpret } from './interpret.ts';
import { parseMmcli } from './mmcli.ts';
import { report } from './report.ts';

/** What the agent would report of a modem: from an AT dialogue, or from what `mmcli -J` printed, one value a line or one over many. */
export function decodeCellular(text: string): Decoded {
  return text.trimStart().startsWith('{') ? decodeMmcli(text) : decodeDialogue(text);
}

function decodeDialogue(text: string): Decoded {
  const replies = parseDialogue(text);
  const { facts, notUnderstood, failures } = interpret(replies);
  const refusals = replies.flatMap(({ command, result }) =>
    result?.ok === false
      ? [new CampusError('modem_refused', `${withoutIdentities(command ?? 'a command')}: ${result.text}`)]
      : [],
  );
  return {
    metrics: report(facts, { source: 'at', modem: undefined, notUnderstoodCount: notUnderstood.length }),
    notUnderstood,
    failures: [...failures, ...replies.flatMap((reply) => truncation(reply, replies)), ...refusals],
  };
}

/** An answer without an end, where others have theirs or its command is known. */
function truncation(reply: AtReply, all: readonly AtReply[]): CampusError[] {
  if (reply.result !== undefined || reply.lines.length === 0) return [];
  const isLast = reply === all.at(-1);
  if (reply.command === undefined && (!isLast || all.every(({ result }) => result === undefined))) return [];
  const about = withoutIdentities(reply.command ?? reply.lines[0]?.text ?? '');
  const last = reply.lines.at(-1)?.number ?? 0;
  return [
    new CampusError('parse_failed', `${about} line ${last}: expected OK or an error behind the answer, got nothing`),
  ];
}

function decodeMmcli(text: string): Decoded {
  const decoded: Decoded = { metrics: [], notUnderstood: [], failures: [] };
  const readings = documents(text).flatMap((document) => {
    try {
      return [parseMmcli(document)];
    } catch (error) {
      if (!(error instanceof CampusError)) throw error;
      decoded.failures.push(error);
      return [];
    }
  });
  decoded.notUnderstood = readings.flatMap(({ notUnderstood }) => notUnderstood);
  const facts = mergeFacts(readings.map((reading) => reading.facts));
  const notUnderstoodCount = decoded.notUnderstood.length;
  decoded.metrics = report(facts, { source: 'modem-manager', modem: undefined, notUnderstoodCount });
  return decoded;
}

/** One JSON value over many lines, or several of a line each. */
function documents(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 1 && lines.every((line) => line.startsWith('{') && line.trimEnd().endsWith('}'))
    ? lines
    : [text];
}
