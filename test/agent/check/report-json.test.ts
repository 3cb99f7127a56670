import { expect, test } from 'vitest';
import { Compile } from '#typebox/compile';
import { reportJson } from '../../../agent/check/report-json.ts';
import { families, obstacle, type StepResult, stepNames, stepResult, text } from '../../../agent/check/step.ts';
import { judge } from '../../../agent/check/verdict.ts';
import { limits } from '../../../contract/limits.ts';
import { commandResults, Reply } from '../../../contract/reply.ts';
import { isResultOf } from '../../../gateway/commands/result-of.ts';

const names = Object.keys(stepNames) as (keyof typeof stepNames)[];

/** A report of these steps, as the check makes it. */
function report(steps: StepResult[], present: ('ipv4' | 'ipv6')[] = ['ipv4', 'ipv6']) {
  return reportJson({ startedAt: 1_764_000_000_000, durationMs: 31_000, steps, ...judge(steps, present) });
}

test('a report has the verdict in both languages, by family and in all, and fits the wire', () => {
  const lost = obstacle(text('packets get lost', '有丢包'), text('another cable', '更换网线'));
  const json = report(
    [
      stepResult('link', 'ok', text('eth0', 'eth0'), {
        figures: [{ name: 'speed_mbit_per_second', value: 1000, unit: 'Mbit/s' }],
      }),
      stepResult('gateway', 'failed', text('lost', '丢失'), { family: 'ipv4', obstacles: [lost] }),
    ],
    ['ipv4'],
  );
  expect(json).toMatchObject({
    ready: 'no',
    text: { en: 'no, because packets get lost. Try another cable.', 'zh-CN': '否，因为有丢包。请尝试：更换网线。' },
    families: { ipv4: { ready: 'no', obstacles: [lost] }, ipv6: { ready: 'absent' } },
    steps: [
      { step: 'link', state: 'ok' },
      { step: 'gateway', family: 'ipv4', found: { en: 'lost', 'zh-CN': '丢失' } },
    ],
  });
  expect(Compile(commandResults.check).Check(json)).toBe(true);
  expect(isResultOf('check', json)).toBe(true);
  expect(isResultOf('throughput', json)).toBe(false);
});

test('where everything is wrong, with long names, it still fits the wire', () => {
  const name = 'a-name-server-with-a-long-name.'.repeat(6);
  const wrong = (of: string) =>
    obstacle(
      text(`${name} gives a wrong address for ${of}`, `DNS 服务器 ${name} 对 ${of} 的解析结果有误，请检查。`),
      text('checking which name server DHCP gives', '检查 DHCP 下发的 DNS 服务器，以及是否存在其他服务器'),
    );
  const steps = names.flatMap((step) =>
    families.map((family) =>
      stepResult(step, 'failed', text(name.repeat(9), '无应答'.repeat(400)), {
        family,
        obstacles: [1, 2, 3].map((one) => wrong(`${step} ${family} ${one}`)),
        figures: Array.from({ length: 6 }, () => ({ name: 'delay_ms', value: 12.345678901234567, unit: 'ms' })),
      }),
    ),
  );
  const json = report(steps);
  const reply = { id: '01k-command', state: 'done', result: json };
  expect(Compile(Reply).Check(JSON.parse(JSON.stringify(reply)))).toBe(true);
  expect(Buffer.byteLength(JSON.stringify(reply))).toBeLessThan(limits.replyBytes);
});
