/**
 * What a file of Lua keeps in `test_data.NAME = TABLE`, as values of JSON: some captures of OpenWrt's answers have been written down so.
 * Takes tables, strings, numbers, booleans and nil, and no code.
 * @throws Error for anything else
 */
export function parseLuaReturn(text: string): Record<string, unknown> {
  const tables: Record<string, unknown> = {};
  for (const { index, 0: head, 1: name = '' } of text.matchAll(/^test_data\.(\w+) = /gm)) {
    tables[name] = new LuaValue(text, index + head.length).read();
  }
  return tables;
}

class LuaValue {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  read(): unknown {
    if (this.#take(/\{\s*/y) !== undefined) return this.#table();
    const quoted = this.#take(/"(?:[^"\\]|\\.)*"/y);
    if (quoted !== undefined) return JSON.parse(quoted);
    const word = this.#take(/-?[\d.]+|true|false|nil/y);
    if (word === undefined)
      throw new Error(`expected a value of Lua, got ${this.#text.slice(this.#at, this.#at + 40)}`);
    return word === 'nil' ? undefined : JSON.parse(word);
  }

  #table(): unknown {
    const list: unknown[] = [];
    const named: Record<string, unknown> = {};
    while (this.#take(/\}/y) === undefined) {
      const key = this.#take(/(?:\["[^"]*"\]|\w+)\s*=\s*/y);
      if (key === undefined) list.push(this.read());
      else named[key.replace(/\s*=\s*$/, '').replace(/^\["(.*)"\]$/, '$1')] = this.read();
      this.#take(/\s*,?\s*/y);
    }
    return list.length > 0 ? list : named;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}
