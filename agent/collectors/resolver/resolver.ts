import { resolver } from '../../../contract/measurements/resolver.ts';
import type { CollectedMetric, Collector, Reading } from '../../collector.ts';
import { type Asked, askServer } from '../../dns/ask.ts';
import { type ExpectedQuestion, hasFailed, isWrong, questionsOf } from './questions.ts';
import { type ResolverConfig, resolverConfigSchema } from './resolver-config.ts';
import { type ResolverServer, resolverServers } from './servers.ts';

/** A resolver waits longer (resolv.conf(5), 5 s), and whoever waits for it has given up by then. */
const ANSWER_WAIT_MS = 3000;

interface Counts {
  queries: number;
  failures: number;
  wrong: number;
}

/** Whether the name servers answer, how fast, and whether what they say is right: each for itself, by IPv4 and by IPv6. */
export function createResolver(): Collector<typeof resolverConfigSchema> {
  let counts = new Map<string, Counts>();
  return {
    name: 'resolver',
    defaultIntervalSeconds: 60,
    configSchema: resolverConfigSchema,
    async collect(host, config: ResolverConfig, signal) {
      const servers = (await resolverServers(host)) ?? [];
      if (servers.length === 0) return { notPresent: 'there is no name server in /etc/resolv.conf' };
      const pairs = servers.flatMap((server) => questionsOf(config.queries).map((question) => ({ server, question })));
      const heard = await Promise.all(
        pairs.map(async ({ server, question }) => {
          const asked = await askServer(host, server.address, { question, timeoutMs: ANSWER_WAIT_MS, signal });
          return { server, question, asked };
        }),
      );
      const before = counts;
      counts = new Map();
      return heard.map(({ server, question, asked }) => {
        const key = JSON.stringify([server, question.name, question.type]);
        const counted = countOne(before.get(key), question, asked);
        counts.set(key, counted);
        return toMetric(server, question, { asked, counted });
      });
    },
  };
}

function countOne(
  before: Counts = { queries: 0, failures: 0, wrong: 0 },
  question: ExpectedQuestion,
  asked: Asked,
): Counts {
  return {
    queries: before.queries + 1,
    failures: before.failures + Number(hasFailed(question, asked)),
    wrong: before.wrong + Number(isWrong(question, asked)),
  };
}

function toMetric(
  { server, family, address }: ResolverServer,
  question: ExpectedQuestion,
  { asked, counted }: { asked: Asked; counted: Counts },
): CollectedMetric {
  const fields: Reading<typeof resolver> = {
    address,
    answered: asked.outcome === 'answered',
    ...(asked.outcome === 'answered' ? answerFields(question, asked) : {}),
    error: asked.outcome === 'unsendable' ? asked.error : undefined,
    query_count: counted.queries,
    failure_count: counted.failures,
    wrong_count: question.expect.length === 0 ? undefined : counted.wrong,
  };
  return { name: resolver.name, tags: { server, family, query: question.name, type: question.type }, fields };
}

function answerFields(
  question: ExpectedQuestion,
  asked: Extract<Asked, { outcome: 'answered' }>,
): Reading<typeof resolver> {
  return {
    answer_ms: Math.round(asked.answerMs * 1000) / 1000,
    rcode: asked.rcode,
    record_count: asked.records.length,
    records: JSON.stringify(asked.records),
    wrong: question.expect.length === 0 ? undefined : isWrong(question, asked),
  };
}
