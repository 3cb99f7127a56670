import type { Command } from 'commander';
import { defineCommand, homeOf } from '../define-command.ts';
import type { Speaker } from '../terminal.ts';

/** `campus-edge flows`: this one process, for systemd and for those who supervise by other means. */
export function addFlows(program: Command, speaker: Speaker): void {
  defineCommand(program, speaker, {
    usage: 'flows',
    summary: {
      en: 'run the flows: the rules that raise alerts, in Node-RED',
      'zh-CN': '运行规则流：在 Node-RED 中产生告警的规则',
    },
    example: 'campus-edge flows --home /var/lib/campus-edge',
  }).action(async (_options: object, command: Command) => {
    const home = homeOf(command, speaker, 'flows');
    // Loaded only now: no other command should wait for what this process needs.
    const { runFlows } = await import('../../flows/main.ts');
    await runFlows({ home, env: speaker.env });
  });
}
