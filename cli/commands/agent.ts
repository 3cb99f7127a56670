import type { Command } from 'commander';
import { defineCommand, homeOf } from '../define-command.ts';
import type { Speaker } from '../terminal.ts';

/** `campus-edge agent`: this one process, for systemd and for those who supervise by other means. */
export function addAgent(program: Command, speaker: Speaker): void {
  defineCommand(program, speaker, {
    usage: 'agent',
    summary: {
      en: 'run the agent: collect on this machine and report to the gateway',
      'zh-CN': '运行采集代理：采集本机数据并上报网关',
    },
    example: 'campus-edge agent --home /var/lib/campus-edge',
  }).action(async (_options: object, command: Command) => {
    const home = homeOf(command, speaker, 'agent');
    // Loaded only now: no other command should wait for what this process needs.
    const { runAgent } = await import('../../agent/main.ts');
    await runAgent({ home, env: speaker.env });
  });
}
