import { type Line, linesOf } from './wifi-text.ts';

/** The outputs that can be told apart by how they begin. */
export type SegmentKind =
  | 'interfaces'
  | 'link'
  | 'stations'
  | 'survey'
  | 'radios'
  | 'scan'
  | 'iwconfig'
  | 'clients'
  | 'access-point'
  | 'json';

/** A part of a captured text that one program printed. */
export interface Segment {
  kind: SegmentKind;
  text: string;
  /** Counted from 1. */
  firstLine: number;
}

const address = '[0-9a-f]{2}(?::[0-9a-f]{2}){5}';
const indented = /^\s/;
/** A text in brackets that is none has more on its first line, such as the times of the kernel's log. */
const json = /^(?:\{|\[\s*(?:[\]{]|$))/;
const assignment = /^[\w[\].-]+=/;

/** How each begins, and which lines go on with it. One that may come several times in a row is one segment. */
const kinds: readonly { kind: SegmentKind; begins: RegExp; goesOn: RegExp }[] = [
  { kind: 'interfaces', begins: /^(?:phy#\d+|Interface \S+)\s*$/, goesOn: /^(?:\s|phy#\d+|Interface |Unnamed\/)/ },
  {
    kind: 'link',
    begins: /^(?:Connected to|Authenticated with|Joined IBSS|Not connected\.)/,
    goesOn: /^(?:\s|MLD \S+ stats:)/,
  },
  { kind: 'stations', begins: /^Station /, goesOn: /^(?:\s|Station )/ },
  { kind: 'survey', begins: /^Survey data from /, goesOn: /^(?:\s|Survey data from )/ },
  { kind: 'radios', begins: /^Wiphy /, goesOn: /^(?:\s|Wiphy )/ },
  { kind: 'scan', begins: new RegExp(`^BSS ${address}`, 'i'), goesOn: /^(?:\s|BSS )/ },
  { kind: 'iwconfig', begins: /^\S+\s+IEEE 802\.11/, goesOn: /^(?:\s|\S+\s+IEEE 802\.11)/ },
  {
    kind: 'clients',
    begins: new RegExp(`^${address}\\s*$`, 'i'),
    goesOn: new RegExp(`^${address}\\s*$|${assignment.source}`, 'i'),
  },
  { kind: 'access-point', begins: /^state=/, goesOn: assignment },
];

/**
 * Splits a captured text into the outputs that it holds, one after the other.
 * @returns the segments, and the lines that belong to none
 */
export function splitSegments(text: string): { segments: Segment[]; others: Line[] } {
  const lines = text.split('\n');
  const segments: Segment[] = [];
  const others: Line[] = [];
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] ?? '';
    const kind = kinds.find(({ begins }) => begins.test(line));
    const end = json.test(line)
      ? jsonEnd(lines, index)
      : kind === undefined
        ? index + 1
        : endOf(lines, index, kind.goesOn);
    const part = lines.slice(index, end).join('\n');
    if (kind !== undefined) segments.push({ kind: kind.kind, text: part, firstLine: index + 1 });
    else if (json.test(line)) segments.push({ kind: 'json', text: part, firstLine: index + 1 });
    else others.push(...linesOf(part, index + 1));
    index = end;
  }
  return { segments, others };
}

/** The line after the last that goes on; empty lines may lie between. */
function endOf(lines: readonly string[], from: number, goesOn: RegExp): number {
  let end = from + 1;
  for (let index = end; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line.trim() === '') continue;
    if (!goesOn.test(line) && !indented.test(line)) break;
    end = index + 1;
  }
  return end;
}

/** The line after the one in which the brackets of a JSON text close; the end of all where they do not. */
function jsonEnd(lines: readonly string[], from: number): number {
  let depth = 0;
  let inString = false;
  for (let index = from; index < lines.length; index++) {
    const line = lines[index] ?? '';
    for (let at = 0; at < line.length; at++) {
      const character = line[at] ?? '';
      if (inString && character === '\\') at++;
      else if (character === '"') inString = !inString;
      else if (!inString && '{['.includes(character)) depth++;
      else if (!inString && '}]'.includes(character)) depth--;
    }
    if (depth <= 0) return index + 1;
  }
  return lines.length;
}
