import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { CampusError } from '../../contract/errors.ts';
import { isDeviceId, isId } from '../../contract/ids.ts';
import type { Admin, Erasure, ErasureSubject } from '../../gateway/admin.ts';
import { type Home, homeAt } from '../../runtime/home.ts';
import { readRunning } from '../../runtime/running.ts';
import { onShutdownRequest } from '../../runtime/shutdown.ts';
import { defineCommand, type GlobalOptions, withJson } from '../define-command.ts';
import { AnsweredBadly } from '../failure.ts';
import { homeDir } from '../installation.ts';
import type { Speaker } from '../terminal.ts';
import { withAdmin } from '../with-admin.ts';

interface EraseOptions {
  client?: string;
  user?: string;
  device?: string;
  site?: string;
  json?: boolean;
}

/** How often a running gateway is looked at, ms. */
const LOOK_MS = 300;

/** `campus-edge privacy erase`: everything about one client, person or device. */
export function addPrivacyErase(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'erase',
    summary: {
      en: 'erase what is kept about a client, a person with an account, or a device',
      'zh-CN': '删除某个终端、某个账号所属的人，或某台设备的全部数据',
    },
    example:
      'campus-edge privacy erase --client 3c:22:fb:0a:1b:2c\ncampus-edge privacy erase --user wang\ncampus-edge privacy erase --device room-101',
  });
  const say = (en: string, chinese: string): string => speaker.say({ en, 'zh-CN': chinese });
  command
    .addOption(
      new Option(
        '--client <id>',
        say('a client by its pseudonym or its MAC address', '终端：假名或 MAC 地址'),
      ).conflicts(['user', 'device']),
    )
    .addOption(new Option('--user <name>', say('a person by the user name', '人员：用户名')).conflicts('device'))
    .option('--device <id>', say('a device, whose account is revoked', '设备：同时吊销其账号'))
    .option('--site <site>', say('the site, if not that of the configuration', '站点，默认取自配置'));
  withJson(command, speaker).action(async (options: EraseOptions, self: Command) => {
    const home = homeAt(homeDir(self.optsWithGlobals<GlobalOptions>().home, speaker.env));
    const subject = await subjectOf(options, home, speaker);
    await withAdmin(self, speaker, async (admin) => {
      const id = admin.requestErasure(subject);
      const isRunning = readRunning(home.gatewayDir)?.url !== undefined;
      const erasure = isRunning
        ? await follow(admin, id, { speaker, quiet: options.json === true })
        : admin.erasure(id);
      if (erasure !== undefined) tell(erasure, { speaker, json: options.json === true });
    });
  });
}

async function subjectOf(options: EraseOptions, home: Home, speaker: Speaker): Promise<ErasureSubject> {
  const { client, user, device } = options;
  if (user !== undefined) return { kind: 'user', name: user };
  // Loaded only now: no other command should wait for what this one needs.
  const { siteOf } = await import('../reporting-access.ts');
  const site = options.site ?? siteOf(home);
  if (device !== undefined && isDeviceId(device) && isId(site)) return { kind: 'device', site, device };
  if (device !== undefined)
    throw new CampusError('request_invalid', `expected the id of a device, got ${JSON.stringify(device.slice(0, 80))}`);
  if (client === undefined) {
    throw new CampusError(
      'usage',
      speaker.say({
        en: 'one of --client, --user and --device is needed',
        'zh-CN': '须给出 --client、--user、--device 之一',
      }),
    );
  }
  if (/^[0-9a-f]{16}$/.test(client)) return { kind: 'client', pseudonym: client };
  const { pseudonymOf } = await import('../../gateway/offline.ts');
  const pseudonym = pseudonymOf(home, site, client);
  if (pseudonym !== undefined) return { kind: 'client', pseudonym };
  throw new CampusError('not_found', `no client of site ${site} has a pseudonym: nothing is kept about any`);
}

/** Waits until the gateway has done it, or the person no longer wants to. */
async function follow(
  admin: Admin,
  id: number,
  { speaker, quiet }: { speaker: Speaker; quiet: boolean },
): Promise<Erasure | undefined> {
  const interrupted = new AbortController();
  const stopListening = onShutdownRequest(() => interrupted.abort());
  let [told, failure] = [-1, ''];
  try {
    while (!interrupted.signal.aborted) {
      const erasure = admin.erasure(id);
      if (erasure === undefined || erasure.doneAt !== undefined) return erasure;
      if (!quiet && erasure.step > told) speaker.err(`${stepText(erasure.step, speaker)}\n`);
      if (!quiet && erasure.failure !== failure && erasure.failure !== '') {
        speaker.err(`${speaker.say({ en: 'Waiting', 'zh-CN': '等待中' })}: ${erasure.failure}\n`);
      }
      [told, failure] = [Math.max(told, erasure.step), erasure.failure];
      await delay(LOOK_MS);
    }
  } finally {
    stopListening();
  }
  speaker.err(
    speaker.say({
      en: 'The gateway goes on with it; nothing has to be asked for again.\n',
      'zh-CN': '网关会继续完成，无需重新提交。\n',
    }),
  );
  throw new AnsweredBadly(1);
}

function stepText(step: number, speaker: Speaker): string {
  const texts = [
    { en: '1/3 erasing from the stores', 'zh-CN': '1/3 正在从数据存储中删除' },
    { en: '2/3 erasing from the registry', 'zh-CN': '2/3 正在从注册表中删除' },
    { en: '3/3 overwriting what was deleted', 'zh-CN': '3/3 正在覆写已删除的数据' },
  ];
  const text = texts[Math.min(step, texts.length - 1)];
  return text === undefined ? '' : speaker.say(text);
}

function tell({ id, kind, doneAt, notes }: Erasure, { speaker, json }: { speaker: Speaker; json: boolean }): void {
  if (json) {
    speaker.line(JSON.stringify({ id, kind, done: doneAt !== undefined, left_to_do: notes }));
    return;
  }
  speaker.line(
    doneAt === undefined
      ? speaker.say({
          en: 'Noted. The gateway does not run: it is done as soon as it does.',
          'zh-CN': '已记录。网关未运行，启动后将立即执行。',
        })
      : speaker.say({
          en: 'Erased. Backups that were made before still hold it: delete them when you no longer need them.',
          'zh-CN': '已删除。此前的备份仍含有这些数据，不再需要时请删除。',
        }),
  );
  for (const note of notes) speaker.line(`${speaker.say({ en: 'Left to do', 'zh-CN': '尚需处理' })}: ${note}`);
}
