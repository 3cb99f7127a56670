import type { LocalText } from '../../../contract/alert.ts';
import { type Language, pick } from '../../../contract/language.ts';
import type { DataClass } from '../../../contract/measurement.ts';
import type { Extent, KeptData, Looks, PrivacyReport, ReportedErasure } from '../../../contract/privacy-report.ts';
import { escapeHtml, reportPage } from '../../../runtime/report-page.ts';

const styles = `
:root { --personal: #9a4d00; --sensitive: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --personal: #ffb77c; --sensitive: #ff8a80; } }
h3 { font-size: 1rem; margin: 1.2rem 0 0.4rem; overflow-wrap: anywhere; } article h3 { margin-top: 0; }
time { white-space: nowrap; }
article { border: 1px solid var(--line); border-radius: 6px; padding: 0.8rem 1rem; margin: 0.8rem 0; break-inside: avoid; }
dl { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: 0.2rem 1rem; margin: 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
code { display: inline; padding: 0 0.25rem; }
.class { float: right; margin-left: 0.6rem; padding: 0 0.5rem; border: 1px solid currentColor; border-radius: 999px; font-size: 0.8rem; font-weight: normal; }
.personal { color: var(--personal); } .sensitive { color: var(--sensitive); } .internal, .public { color: var(--quiet); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--quiet); font-weight: normal; } td.when { white-space: nowrap; }
@media (max-width: 36rem) {
  dl { grid-template-columns: 1fr; gap: 0; } dt { margin-top: 0.3rem; }
  table, tbody, tr, td { display: block; } td.when { white-space: normal; } thead { position: absolute; clip-path: inset(50%); }
  tr { padding: 0.4rem 0; border-bottom: 1px solid var(--line); } td { border: 0; padding: 0; }
  td[data-label]::before { content: attr(data-label) " "; color: var(--quiet); }
}
`;

const classNames: Readonly<Record<DataClass, LocalText>> = {
  public: { en: 'public', 'zh-CN': '公开' },
  internal: { en: 'internal', 'zh-CN': '内部' },
  personal: { en: 'personal', 'zh-CN': '个人信息' },
  sensitive: { en: 'sensitive', 'zh-CN': '敏感' },
};

const subjectNames: Readonly<Record<ReportedErasure['kind'], LocalText>> = {
  client: { en: 'a client', 'zh-CN': '终端' },
  user: { en: 'a person', 'zh-CN': '人员' },
  device: { en: 'a device', 'zh-CN': '设备' },
};

/** Writes the report in one language. */
class Writer {
  readonly #language: Language;

  constructor(language: Language) {
    this.#language = language;
  }

  /** A text as HTML; what stands between backquotes is code. */
  say(text: LocalText): string {
    return escapeHtml(pick(this.#language, text)).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
  }

  /** UTC, to the minute: the reader and the gateway need not be in one time zone. */
  moment(time: number): string {
    return `<time datetime="${new Date(time).toISOString()}">${new Date(time).toISOString().slice(0, 16).replace('T', ' ')}</time>`;
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.#language).format(value);
  }

  table(headings: readonly LocalText[], rows: readonly (readonly string[])[], none: LocalText): string {
    if (rows.length === 0) return `<p>${this.say(none)}</p>`;
    const heads = headings.map((heading) => this.say(heading));
    const cell = (html: string, column: number): string =>
      `<td data-label="${heads[column] ?? ''}"${html.startsWith('<time') ? ' class="when"' : ''}>${html}</td>`;
    const head = heads.map((heading) => `<th scope="col">${heading}</th>`).join('');
    const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
    return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
  }
}

/** The report as a page of its own in one language, to be read, printed and filed. */
export function privacyPage(report: PrivacyReport, language: Language): string {
  const to = new Writer(language);
  const { site, version, made_at, settings, kept, not_kept, looks, looks_since, erasures } = report;
  const title = to.say({ en: 'What is kept about people', 'zh-CN': '个人信息保存情况报告' });
  const settingRows = Object.entries(settings).map(([key, value]) => [
    `<code>${escapeHtml(key)}</code>`,
    escapeHtml(typeof value === 'number' ? to.number(value) : String(value)),
  ]);
  const since =
    looks_since === undefined ? '' : `${to.say({ en: 'since', 'zh-CN': '起始时间' })} ${to.moment(looks_since)} UTC`;
  const body = `<p>${to.say({ en: 'Site', 'zh-CN': '站点' })} <b>${escapeHtml(site)}</b> · ${to.moment(made_at)} UTC · campus-edge ${escapeHtml(version)}</p>
<p>${to.say({
    en: 'Made from the schemas of the product, the configuration in force and what is stored at this moment. Names of people are masked. Times are in UTC.',
    'zh-CN': '根据产品数据结构、现行配置与当前存储内容生成。人员姓名已隐藏。时间为 UTC。',
  })}</p>
<h2>${to.say({ en: 'What is kept', 'zh-CN': '保存的数据' })}</h2>
${kept.map((one) => keptPart(one, to)).join('\n')}
<h2>${to.say({ en: 'What is not kept', 'zh-CN': '不保存的数据' })}</h2>
${to.table(
  [
    { en: 'What', 'zh-CN': '内容' },
    { en: 'In its place', 'zh-CN': '替代方式' },
  ],
  not_kept.map(({ what, instead }) => [to.say(what), to.say(instead)]),
  { en: 'Nothing is left out.', 'zh-CN': '无。' },
)}
<h2>${to.say({ en: 'Who looked', 'zh-CN': '查看与导出记录' })}</h2>
<p>${to.say({ en: 'By the audit log', 'zh-CN': '依据审计日志' })} ${since}</p>
${looks.map((one) => looksPart(one, to)).join('\n')}
<h2>${to.say({ en: 'What was erased', 'zh-CN': '删除记录' })} (${to.number(erasures.total)})</h2>
${erasuresPart(erasures.newest, to)}
<h2>${to.say({ en: 'Settings in force', 'zh-CN': '现行配置' })}</h2>
${to.table(
  [
    { en: 'Key of campus-edge.yaml', 'zh-CN': 'campus-edge.yaml 配置项' },
    { en: 'Value', 'zh-CN': '值' },
  ],
  settingRows,
  { en: 'None.', 'zh-CN': '无。' },
)}
<footer><p>${to.say({
    en: 'Retention that no law prescribes is a setting of this site. Security logs are kept for at least 185 days (Cybersecurity Law of China, art. 21: six months).',
    'zh-CN': '法律未规定的保存期限由本站点设置。安全日志至少留存 185 天（《网络安全法》第二十一条：不少于六个月）。',
  })}</p></footer>`;
  return reportPage({ language, title, subject: escapeHtml(site), styles, body });
}

function keptPart({ id, data_class, what, purpose, place, kept_for, erased_by, now }: KeptData, to: Writer): string {
  const extents = now.map((extent) => extentText(extent, to)).join('<br>');
  const facts: [LocalText, string][] = [
    [{ en: 'Why', 'zh-CN': '用途' }, to.say(purpose)],
    [{ en: 'Where', 'zh-CN': '存放位置' }, to.say(place)],
    [{ en: 'How long', 'zh-CN': '保存期限' }, to.say(kept_for.text)],
    [{ en: 'At present', 'zh-CN': '当前数量' }, extents || to.say({ en: 'not counted', 'zh-CN': '不计数' })],
    [{ en: 'Erased by', 'zh-CN': '删除方式' }, to.say(erased_by)],
  ];
  const list = facts.map(([name, html]) => `<dt>${to.say(name)}</dt><dd>${html}</dd>`).join('');
  const label = `<span class="class ${data_class}">${to.say(classNames[data_class])}</span>`;
  return `<article id="${escapeHtml(id)}"><h3>${label}${to.say(what)}</h3><dl>${list}</dl></article>`;
}

function extentText({ part, count, bytes, oldest, note }: Extent, to: Writer): string {
  const parts = [
    `<code>${escapeHtml(part)}</code>`,
    ...(count === undefined ? [] : [to.number(count)]),
    ...(bytes === undefined ? [] : [`${to.number(bytes)} B`]),
    ...(oldest === undefined ? [] : [`${to.say({ en: 'oldest', 'zh-CN': '最早' })} ${to.moment(oldest)}`]),
    ...(note === undefined ? [] : [to.say(note)]),
  ];
  return parts.join(' · ');
}

function looksPart({ what, total, newest }: Looks, to: Writer): string {
  const rows = newest.map(({ time, actor, target, detail }) => [
    to.moment(time),
    ...[actor, target, detail].map(escapeHtml),
  ]);
  const cut = total > newest.length ? ` ${to.say({ en: '– the newest are shown', 'zh-CN': '，仅列出最近记录' })}` : '';
  return `<h3>${to.say(what)} (${to.number(total)}${cut})</h3>
${to.table(
  [
    { en: 'When', 'zh-CN': '时间' },
    { en: 'Who', 'zh-CN': '何人' },
    { en: 'What', 'zh-CN': '对象' },
    { en: 'Reason or extent', 'zh-CN': '理由或范围' },
  ],
  rows,
  { en: 'Nobody has.', 'zh-CN': '无。' },
)}`;
}

function erasuresPart(newest: readonly ReportedErasure[], to: Writer): string {
  const waiting = to.say({ en: 'under way', 'zh-CN': '进行中' });
  return to.table(
    [
      { en: 'Asked for', 'zh-CN': '申请时间' },
      { en: 'By', 'zh-CN': '申请者' },
      { en: 'About', 'zh-CN': '类别' },
      { en: 'Done', 'zh-CN': '完成时间' },
      { en: 'Left to do', 'zh-CN': '尚需处理' },
    ],
    newest.map(({ kind, actor, asked_at, done_at, left_to_do }) => [
      to.moment(asked_at),
      escapeHtml(actor),
      to.say(subjectNames[kind]),
      done_at === undefined ? waiting : to.moment(done_at),
      escapeHtml(left_to_do.join('; ')) || '–',
    ]),
    { en: 'Nothing was.', 'zh-CN': '无。' },
  );
}
