/** A setting and its value, in the order of the file. */
export type Setting = readonly [name: string, value: string];

/**
 * The settings of a file in the usual styles of /etc: `NAME VALUE` (login.defs(5), sshd_config(5)), `name = value` (auditd.conf(5),
 * faillock.conf(5), journald.conf(5)). Comments and `[sections]` are left out; a name alone has an empty value.
 */
export function parseSettings(text: string): Setting[] {
  return text.split('\n').flatMap((line): Setting[] => {
    const content = line.replace(/^\s*[#;].*$/, '').trim();
    if (content === '' || content.startsWith('[')) return [];
    const [, name = '', value = ''] = /^([^\s=]+)\s*=?\s*(.*)$/.exec(content) ?? [];
    return [[name, value.replace(/\s+#.*$/, '').replace(/^"(.*)"$/, '$1')]];
  });
}

/** The value of the last setting of a name, upper and lower case alike; undefined when it is not set. */
export function lastSetting(settings: readonly Setting[], name: string): string | undefined {
  return settings.findLast(([found]) => found.toLowerCase() === name.toLowerCase())?.[1];
}

/** The value of the first setting of a name, which is the one that sshd takes. */
export function firstSetting(settings: readonly Setting[], name: string): string | undefined {
  return settings.find(([found]) => found.toLowerCase() === name.toLowerCase())?.[1];
}
