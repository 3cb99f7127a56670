import { isIP } from 'node:net';
import type { PathFamily } from '../../contract/measurements/path.ts';
import { type ExpectedQuestion, hasFailed, isWrong, questionsOf } from '../collectors/resolver/questions.ts';
import type { ResolverQuery } from '../collectors/resolver/resolver-config.ts';
import { type ResolverServer, resolverServers } from '../collectors/resolver/servers.ts';
import { type Asked, askServer } from '../dns/ask.ts';
import type { Room } from './room.ts';
import { familyNames, joined, type Obstacle, obstacle, type StepResult, shown, stepResult, text } from './step.ts';

/** A server on the campus answers from its cache within milliseconds, and what it has to ask for within one second. */
const ANSWER_WAIT_MS = 1500;
/** One datagram may be lost; of two that are, it is not chance. */
const ATTEMPTS = 2;

/** What one server made of all questions. */
interface Heard {
  server: ResolverServer;
  answers: { question: ExpectedQuestion; asked: Asked }[];
}

/** Asks every name server of the families that the room has for the configured names, or else for the portal's. */
export async function checkDns(room: Room, queries: readonly ResolverQuery[]): Promise<StepResult[]> {
  const servers = ((await resolverServers(room.host)) ?? []).filter(({ family }) => room.present.includes(family));
  if (servers.length === 0) {
    const reason = text('no name server is set', '未设置 DNS 服务器');
    const hint = text(
      'checking which name servers DHCP or the router advertises',
      '检查 DHCP 服务器或路由器通告是否下发 DNS 服务器',
    );
    return [stepResult('dns', 'failed', reason, { obstacles: [obstacle(reason, hint)] })];
  }
  const questions = questionsOf(queries.length > 0 ? queries : portalQuery(room.config.portal));
  const heard = await Promise.all(servers.map((server) => askAll(room, server, questions)));
  const results = room.present.map((family) =>
    familyResult(
      family,
      heard.filter(({ server }) => server.family === family),
    ),
  );
  return weighed(results);
}

/** Names do not care by which family they were found: one that works limits the other's failure, and where none does nobody finds any. */
function weighed(results: readonly StepResult[]): StepResult[] {
  const failed = results.filter(({ state }) => state === 'failed');
  const isSomeWorking = results.some(({ state }) => state === 'ok' || state === 'limited');
  return results.map((result) => {
    if (isSomeWorking) return result.state === 'failed' ? { ...result, allows: 'with-limits' } : result;
    return { ...result, allows: 'no', obstacles: failed.flatMap(({ obstacles }) => obstacles) };
  });
}

function portalQuery(portal: string | undefined): ResolverQuery[] {
  const name = portal === undefined ? undefined : URL.parse(portal)?.hostname;
  return name === undefined || name.startsWith('[') || isIP(name) !== 0 ? [] : [{ name, expect: [] }];
}

async function askAll(
  { host, signal }: Room,
  server: ResolverServer,
  questions: readonly ExpectedQuestion[],
): Promise<Heard> {
  const answers = await Promise.all(
    questions.map(async (question) => {
      let asked: Asked = { outcome: 'silent' };
      for (let attempt = 0; attempt < ATTEMPTS && asked.outcome === 'silent'; attempt++) {
        asked = await askServer(host, server.address, { question, timeoutMs: ANSWER_WAIT_MS, signal });
      }
      return { question, asked };
    }),
  );
  return { server, answers };
}

function familyResult(family: PathFamily, heard: readonly Heard[]): StepResult {
  if (heard.length === 0) {
    const found = text(
      `no name server with an ${familyNames[family]} address`,
      `没有 ${familyNames[family]} 地址的 DNS 服务器`,
    );
    return stepResult('dns', 'skipped', found, { family });
  }
  const faults = heard.map((one) => ({ heard: one, obstacles: faultsOf(one) }));
  const obstacles = faults.flatMap((fault) => fault.obstacles);
  const sound = faults.filter((fault) => fault.obstacles.length === 0).map((fault) => fault.heard);
  // The first server is asked for everything: while it is silent, each name takes seconds longer.
  const state = obstacles.length === 0 ? 'ok' : sound.length > 0 && !heard.some(hasWrong) ? 'limited' : 'failed';
  const times = heard.flatMap(slowestMs);
  return stepResult('dns', state, joined(heard.map(inWords), text('; ', '；')), {
    ...{ family, obstacles },
    figures: times.length === 0 ? [] : [{ name: 'answer_ms', value: Math.max(...times), unit: 'ms' }],
  });
}

function hasWrong({ answers }: Heard): boolean {
  return answers.some(({ question, asked }) => isWrong(question, asked));
}

function faultsOf(heard: Heard): Obstacle[] {
  const { address } = heard.server;
  const wrong = heard.answers.find(({ question, asked }) => isWrong(question, asked));
  if (wrong !== undefined) {
    const got =
      wrong.asked.outcome === 'answered' && wrong.asked.records.length > 0
        ? wrong.asked.records.slice(0, 2).join(', ')
        : '-';
    return [
      obstacle(
        text(
          `the name server ${address} gives a wrong address for ${wrong.question.name}: ${got}`,
          `DNS 服务器 ${address} 对 ${wrong.question.name} 的解析结果有误：${got}`,
        ),
        text(
          'checking which name server DHCP gives, and who else answers DHCP here',
          '检查 DHCP 下发的 DNS 服务器，以及是否存在其他 DHCP 服务器',
        ),
      ),
    ];
  }
  // A name may well have no IPv6 address: what counts is that the server has answered, and knows the name.
  const failed = heard.answers.find(({ question, asked }) => hasFailed(question, asked));
  if (failed === undefined) return [];
  const { asked, question } = failed;
  if (asked.outcome === 'answered') {
    return [
      obstacle(
        text(
          `the name server ${address} answers ${asked.rcode} for ${question.name}`,
          `DNS 服务器 ${address} 对 ${question.name} 返回 ${asked.rcode}`,
        ),
        text('checking the name server, and whether the name is right', '检查 DNS 服务器，并确认名称是否正确'),
      ),
    ];
  }
  return [
    obstacle(
      text(`the name server ${address} does not answer`, `DNS 服务器 ${address} 无应答`),
      text('restarting this name server, or setting another', '重启该 DNS 服务器或更换 DNS 服务器'),
    ),
  ];
}

/** The slowest answer of a server; none where it is silent. */
function slowestMs({ answers }: Heard): number[] {
  const times = answers.flatMap(({ asked }) => (asked.outcome === 'answered' ? [asked.answerMs] : []));
  return times.length === 0 ? [] : [Math.max(...times)];
}

function inWords(heard: Heard): StepResult['found'] {
  const { address } = heard.server;
  const [slowest] = slowestMs(heard);
  if (slowest === undefined) return text(`${address}: no answer`, `${address}：无应答`);
  const codes = [...new Set(heard.answers.flatMap(({ asked }) => (asked.outcome === 'answered' ? [asked.rcode] : [])))];
  const noted = codes
    .filter((code) => code !== 'NOERROR')
    .map((code) => ` (${code})`)
    .join('');
  return text(`${address}: ${shown(slowest)} ms${noted}`, `${address}：${shown(slowest)} ms${noted}`);
}
