import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import type { Logger } from '../runtime/log.ts';

/** An entry of Node-RED's log (https://nodered.org/docs/user-guide/runtime/logging). `id`, `type` and `name` are of the node that logs. */
const Entry = Type.Object({
  level: Type.Number(),
  msg: Type.Optional(Type.Unknown()),
  id: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
});
type Entry = Static<typeof Entry>;
const validator = Compile(Entry);

/** Node-RED's levels, most severe first. Its start-up banter is of no interest to an administrator, so its `info` is our `debug`. */
const levels = [
  { upTo: 20, level: 'error' },
  { upTo: 30, level: 'warn' },
  { upTo: 50, level: 'debug' },
  { upTo: 60, level: 'trace' },
] as const;

/** A log handler for Node-RED's settings that writes into the process's log. */
export function logHandler(log: Logger): (entry: unknown) => void {
  return (entry) => {
    if (!validator.Check(entry)) return;
    const found = levels.find(({ upTo }) => entry.level <= upTo);
    // Metrics and audits, above all levels, are not asked for.
    if (found === undefined) return;
    const text = entryText(entry);
    if (text === '') return;
    const node = entry.id === undefined ? {} : { node: entry.id, type: entry.type, node_name: entry.name };
    log[found.level](entry.msg instanceof Error ? { ...node, err: entry.msg } : node, text);
  };
}

/** The text of an entry in one line; whatever a flow's author logs, objects included. */
function entryText({ msg }: Entry): string {
  if (msg instanceof Error) return msg.message;
  const text = typeof msg === 'object' && msg !== null && 'message' in msg ? String(msg.message) : String(msg);
  return text.replaceAll(/\s+/g, ' ').trim();
}
