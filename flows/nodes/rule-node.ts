import type { AlertRequest } from '../../contract/alert.ts';
import { SPOOL_BLOCKED } from '../../contract/gateway-alerts.ts';
import type { FlowsProcess } from '../flows-process.ts';
import type { FlowNode, NodeStatus } from '../node-red.ts';
import type { Moment } from '../rules/moment.ts';
import type { Rule, RuleSummary } from '../rules/rule.ts';
import { isRuleMessage } from './flow-message.ts';
import type { RuleMessage } from './rule-inputs.ts';

/** Durations of rules are in seconds. */
const TICK_MS = 1000;

export interface RuleNodeOptions {
  node: FlowNode;
  process: FlowsProcess;
  ruleId: string;
  rule: Rule;
}

/** Lets a rule live in a node: feeds it messages, open alerts and time, and sends what it asks for. */
export function runRule({ node, process, ruleId, rule }: RuleNodeOptions): void {
  const { clock, link } = process;
  const send = (requests: readonly AlertRequest[]): void => {
    for (const payload of requests) node.send({ topic: ruleId, payload });
  };
  let shown: string | undefined;
  const show = (): void => {
    const status = ruleStatus(rule.summary());
    if (status.text === shown) return;
    shown = status.text;
    node.status(status);
  };

  const blocked = new Set<string>();
  const stopAlerts = link.bulletin.onAlertChange(({ kind, alert }) => {
    if (alert.rule === SPOOL_BLOCKED) {
      if (kind === 'opened') blocked.add(alert.id);
      else blocked.delete(alert.id);
    }
    if (alert.rule === ruleId) send(rule[kind](alert, clock()));
  });
  const stopConnection = link.bulletin.onConnection((isUp) => {
    if (isUp) rule.resumed?.(clock());
  });
  const stopRemovals = link.bulletin.onRemoval((device) => rule.forget(device));
  const timer = setInterval(() => {
    // What the gateway cannot keep it does not pass on: as long as that lasts, nobody can be heard.
    if (blocked.size > 0) rule.resumed?.(clock());
    if (link.bulletin.isUp) send(rule.tick(clock()));
    show();
  }, TICK_MS);
  node.on('input', (message, _send, done) => {
    const requests = isRuleMessage(message) ? give(rule, message, clock()) : undefined;
    if (requests === undefined) {
      done(new Error('expected telemetry or states of campus-in nodes, got something else'));
      return;
    }
    send(requests);
    done();
  });
  const stopInput = process.ruleInputs.add(node.id, (message) => {
    try {
      send(give(rule, message, clock()) ?? []);
    } catch (error) {
      // As on Node-RED's way: the node tells, and all others go on.
      node.error(error instanceof Error ? error.message : String(error));
    }
  });
  node.on('close', () => {
    stopAlerts();
    stopConnection();
    stopRemovals();
    stopInput();
    clearInterval(timer);
  });
  show();
}

/** Gives a message to a rule; undefined when it is none that the rule takes. */
function give(rule: Rule, { channel, device, payload }: RuleMessage, now: Moment): AlertRequest[] | undefined {
  if (channel === 'telemetry') return rule.telemetry(device, payload, now);
  return channel === 'state' ? rule.state(device, payload, now) : rule.heard?.(device, payload.replayed, now);
}

/** A rule's status under its node; numbers and signs, which need no translation. */
function ruleStatus({ enabled, watched, open }: RuleSummary): NodeStatus {
  if (!enabled) return { fill: 'grey', shape: 'ring', text: '—' };
  if (open > 0) return { fill: 'red', shape: 'dot', text: `⚠ ${open} / ${watched}` };
  return { fill: 'green', shape: 'dot', text: `✓ ${watched}` };
}
