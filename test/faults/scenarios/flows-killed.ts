import { until } from '../../support/until.ts';
import { killAtRandom } from '../kills.ts';
import { FullDisks } from '../load/full-disks.ts';
import { Gateway } from '../machine/gateway.ts';
import type { Outcome, Scenario } from '../scenario.ts';

interface Alert {
  id: string;
  rule: string;
  device: string;
  state: 'open' | 'cleared';
}

interface AlertPage {
  alerts: Alert[];
  next?: string;
}

/** The rule raises and clears at once, so that what is wanted is known at once. */
const config = 'flows: {rules: {disk-nearly-full: {for_seconds: 0, clear_for_seconds: 0}}}';

export const flowsKilled: Scenario = {
  name: 'flows',
  title: 'flows are killed while disks fill and empty; no open alert is lost, none raised twice',
  run: async (run) => {
    const gateway = await Gateway.prepare({ home: run.directory(), config });
    run.atEnd(() => gateway.end());
    await gateway.start();
    const flows = gateway.beside('flows');
    run.atEnd(() => flows.end());
    await flows.start();
    const { home, mqttPort } = gateway;
    const fleet = await FullDisks.start({ home, mqttPort, steady: 6, changing: 6, random: run.random });
    run.atEnd(() => fleet.stop());
    await killAtRandom(run, 'flows', {
      kill: () => flows.end('SIGKILL'),
      launch: () => flows.launch(),
      ready: () => flows.ready(),
    });
    fleet.freeze();
    const settled = async (): Promise<boolean> => (await judge(fleet, gateway)).lost === 0;
    await until('the alerts are as they should be', settled, { timeoutMs: 20_000, everyMs: 500 }).catch(
      () => undefined,
    );
    const outcome = await judge(fleet, gateway);
    outcome.figures['kills'] = run.effort.kills;
    return outcome;
  },
};

/** Compares the alerts with the disks: a full one has one open alert, another none, and none more alerts than it filled up. */
async function judge({ disks }: FullDisks, gateway: Gateway): Promise<Outcome> {
  const alerts = await allAlerts(gateway);
  const failures: string[] = [];
  let [lost, doubled] = [0, 0];
  for (const { device, full, filled } of disks) {
    const own = alerts.filter((alert) => alert.device === device);
    const open = own.filter(({ state }) => state === 'open').length;
    if (full && open === 0) lost += 1;
    if (open > 1 || own.length > filled) doubled += 1;
    if (!full && open > 0) lost += 1;
    if (open !== (full ? 1 : 0) || own.length > filled)
      failures.push(
        `${device}: ${full ? 'full' : 'free'}, ${open} open, ${own.length} alerts for ${filled} times full`,
      );
  }
  if (alerts.length === 0) failures.push('no alert was ever raised: nothing was tested');
  return { lost, doubled, failures, figures: { alerts: alerts.length } };
}

async function allAlerts(gateway: Gateway): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (let cursor = ''; ; ) {
    const page = await gateway.get<AlertPage>(`alerts?limit=200${cursor}`);
    alerts.push(...page.alerts.filter(({ rule }) => rule === 'disk-nearly-full'));
    if (page.next === undefined) return alerts;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}
