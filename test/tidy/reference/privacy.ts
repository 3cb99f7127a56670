import { Default, Parse } from '#typebox/value';
import { gatewayConfig } from '../../../gateway/config.ts';
import { holdings } from '../../../gateway/privacy/report/holdings.ts';
import { notKept } from '../../../gateway/privacy/report/not-kept.ts';
import { markdownTable } from './markdown.ts';

/** What is kept about people, in which class, why, where and for how long by default; and what is not. */
export function privacyReference(): string {
  const settings = Parse(gatewayConfig, Default(gatewayConfig, {})).gateway;
  const english = holdings.map(({ id, dataClass, what, purpose, place, keptFor, erasedBy }) => [
    ...[`\`${id}\``, dataClass, what.en, purpose.en, place.en, keptFor(settings).text.en, erasedBy.en],
  ]);
  const chinese = holdings.map(({ id, dataClass, what, purpose, place, keptFor, erasedBy }) => [
    ...[`\`${id}\``, dataClass],
    ...[what, purpose, place, keptFor(settings).text, erasedBy].map((text) => text['zh-CN']),
  ]);
  return [
    '## What is kept, with the periods that hold by default',
    markdownTable(['name', 'class', 'what', 'why', 'where', 'how long', 'erased by'], english),
    '## 保存的数据与默认期限',
    markdownTable(['名称', '类别', '内容', '用途', '存放位置', '保存期限', '删除方式'], chinese),
    '## What is not kept 不保存的数据',
    markdownTable(
      ['what', 'in its place', '内容', '替代方式'],
      notKept.map(({ what, instead }) => [what.en, instead.en, what['zh-CN'], instead['zh-CN']]),
    ),
  ].join('\n\n');
}
