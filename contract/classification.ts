/** Event classes of GB/T 20986-2023, in the standard's order, with its Chinese names. */
export const eventClasses = {
  malware: '恶意程序',
  'network-attack': '网络攻击',
  'data-security': '数据安全',
  'content-security': '信息内容安全',
  'facility-fault': '设备设施故障',
  violation: '违规操作',
  vulnerability: '安全隐患',
  anomaly: '异常行为',
  'force-majeure': '不可抗力',
  other: '其他',
} as const;
export type EventClass = keyof typeof eventClasses;

/** What tells of an attack, a breach or a weakness: events of these classes are the security log, which is kept for at least 185 days. */
export const securityClasses: ReadonlySet<EventClass> = new Set<EventClass>([
  ...(['malware', 'network-attack', 'data-security', 'content-security'] as const),
  ...(['violation', 'vulnerability', 'anomaly'] as const),
]);

/** Levels of GB/T 20986-2023: 1 is the worst (Ⅰ, red), 4 the least (Ⅳ, blue). */
export const eventLevels = {
  1: { numeral: 'Ⅰ', colour: 'red', en: 'Extremely serious', zh: '特别重大' },
  2: { numeral: 'Ⅱ', colour: 'orange', en: 'Serious', zh: '重大' },
  3: { numeral: 'Ⅲ', colour: 'yellow', en: 'Considerable', zh: '较大' },
  4: { numeral: 'Ⅳ', colour: 'blue', en: 'Ordinary', zh: '一般' },
} as const;
export type EventLevel = keyof typeof eventLevels;
