import { CampusError } from '../../../contract/errors.ts';
import { withoutMacs } from '../../../contract/mac-address.ts';
import type { Decoded, NotUnderstood } from '../../decode/decoded.ts';
import { decodeWifi } from './decode.ts';

/** What the agent would report of Wi-Fi from captured outputs; what is damaged is a failure, as of every other collector. */
export function decodeWifiCapture(text: string): Decoded {
  try {
    const { metrics, not_understood } = decodeWifi(text);
    return { metrics, notUnderstood: placed(not_understood, text), failures: [] };
  } catch (error) {
    if (!(error instanceof CampusError)) throw error;
    return { metrics: [], notUnderstood: [], failures: [error] };
  }
}

/** Lines with where they stand; one that comes several times stands where it has not been found before. */
function placed(notes: readonly string[], text: string): NotUnderstood[] {
  const lines = text.split('\n').map((line) => withoutMacs(line.trim()));
  const taken = new Set<number>();
  return notes.map((note) => {
    const index = lines.findIndex((line, at) => !taken.has(at) && line.includes(note.trim()));
    taken.add(index);
    const [, label = ''] = /^([\w .-]{1,40}?)\s*[:=]/.exec(note.trim()) ?? [];
    // Of a value in JSON that spans lines, the place is not known: it stands somewhere from the first on.
    return { line: index + 1 || 1, field: label, value: note };
  });
}
