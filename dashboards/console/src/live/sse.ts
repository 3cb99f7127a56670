/** One event of a stream. */
export interface ServerEvent {
  /** The event's type; `message` when the server names none. */
  type: string;
  data: string;
}

/**
 * Parses server-sent events (WHATWG HTML §9.2.6) as they arrive, in pieces cut anywhere:
 *
 *   : a comment keeps the line alive
 *   event: device
 *   data: {"id":"room-101"}
 */
export class SseParser {
  #rest = '';
  #type = '';
  #data: string[] = [];

  /** Takes the next piece of text and returns the events that it completes. */
  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const whole = this.#rest + text;
    // A CR at the very end may be the first half of a CR LF: it waits for what follows.
    const end = whole.endsWith('\r') ? whole.length - 1 : whole.length;
    const lines = whole.slice(0, end).split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? '') + whole.slice(end);
    for (const line of lines) {
      const event = this.#takeLine(line);
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  #takeLine(line: string): ServerEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#type = value;
    if (name === 'data') this.#data.push(value);
    return undefined;
  }

  #dispatch(): ServerEvent | undefined {
    const event = { type: this.#type || 'message', data: this.#data.join('\n') };
    const empty = this.#data.length === 0;
    this.#type = '';
    this.#data = [];
    return empty ? undefined : event;
  }
}
