import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { frugal, nodeOptions } from '../../../cli/supervisor/spawn-process.ts';
import { Contained } from '../agents/contained.ts';
import { installPeerAgents, type RunningPeer } from '../agents/peers.ts';
import { alone, type BenchContext, type BenchOutcome, inRounds } from '../bench.ts';
import { type Figures, rounded } from '../figures.ts';
import { Campus } from '../stacks/campus.ts';

export interface AgentOptions {
  rounds: number;
  /** Other agents are measured, too, each in turn. */
  peers: boolean;
  /** How long each is measured. */
  minutes: number;
}

/** The agent sends its inventory and checks the box's baseline after it has started, others fill their buffers: that is over by then. */
const SETTLE_MS = 45_000;
/** Who measures only when asked is asked this often, as Prometheus' own guide has it. */
const SCRAPE_MS = 15_000;
const MINUTE_MS = 60_000;
/** What the agent may take with every collector on, % of one core: a Raspberry Pi has other things to do. */
const CPU_MAX_PERCENT = 1;

const program = fileURLToPath(new URL('../../../cli/campus-edge.js', import.meta.url));

/** CPU, memory and processes of the agent with every collector at its default interval, and of other agents on the same machine in turn. */
export async function measureAgent(
  { rounds, peers, minutes }: AgentOptions,
  context: BenchContext,
): Promise<BenchOutcome> {
  const others = peers ? installPeerAgents((text) => context.progress.note(text)) : [];
  return inRounds(rounds, context, async (inner) => {
    const ours = await alone(inner, async (own) => {
      own.progress.phase('campus-edge agent');
      return figuresOver({ contained: await startAgent(own) }, minutes, own);
    });
    const further: Figures = {};
    for (const peer of others) {
      further[peer.name] = await alone(inner, async (own) => {
        own.progress.phase(peer.name);
        return figuresOver(await peer.start(own.cleanup), minutes, own);
      });
    }
    const cpu = Number(ours['cpu_percent']);
    const failures =
      cpu > CPU_MAX_PERCENT ? [`the agent takes ${cpu} % of a core, at most ${CPU_MAX_PERCENT} is the aim`] : [];
    return { ours, ...(peers ? { further } : {}), failures };
  });
}

/** The real agent as `campus-edge up` starts it, at a gateway of its own. */
async function startAgent({ cleanup }: BenchContext): Promise<Contained> {
  const campus = await Campus.start(cleanup, { devices: 1 });
  const args = [...nodeOptions('agent'), program, 'agent', '--home', campus.home.dir];
  return Contained.start(cleanup, [process.execPath, ...args], {
    cwd: campus.home.dir,
    env: { ...frugal(campus.home.dir), ...campus.env },
  });
}

async function figuresOver(
  { contained, scrape }: RunningPeer,
  minutes: number,
  { progress }: BenchContext,
): Promise<Figures> {
  const scraping = scrape === undefined ? undefined : setInterval(() => void fetchAll(scrape), SCRAPE_MS);
  try {
    await delay(SETTLE_MS);
    contained.checkRuns();
    const before = contained.usage();
    const startedAt = performance.now();
    for (let minute = 1; minute <= minutes; minute += 1) {
      await delay(MINUTE_MS);
      progress.detail(`${minute}/${minutes} min`);
    }
    const after = contained.usage();
    const seconds = (performance.now() - startedAt) / 1000;
    return {
      cpu_percent: rounded((100 * (after.cpuSeconds - before.cpuSeconds)) / seconds),
      pss_mb: rounded(after.pssBytes / 1e6),
      rss_mb: rounded(after.rssBytes / 1e6),
      processes_per_minute: rounded((60 * (after.started - before.started)) / seconds),
    };
  } finally {
    clearInterval(scraping);
  }
}

/** Asks for everything, and reads the answer to its end. */
async function fetchAll(url: string): Promise<void> {
  try {
    await (await fetch(url)).arrayBuffer();
  } catch (error) {
    console.error(`${url}: ${(error as Error).message}`);
  }
}
