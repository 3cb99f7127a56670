import type { Command } from 'commander';
import { defineCommand, homeOf } from '../define-command.ts';
import type { Speaker } from '../terminal.ts';

/** `campus-edge gateway`: this one process, for systemd and for those who supervise by other means. */
export function addGateway(program: Command, speaker: Speaker): void {
  defineCommand(program, speaker, {
    usage: 'gateway',
    summary: {
      en: 'run the gateway: MQTT broker, store, alerts, HTTP API and console',
      'zh-CN': '运行网关：MQTT 服务、存储、告警、HTTP 接口与控制台',
    },
    example: 'CAMPUS_MQTT_PORT=2883 campus-edge gateway',
  }).action(async (_options: object, command: Command) => {
    const home = homeOf(command, speaker, 'gateway');
    // Loaded only now: no other command should wait for what this process needs.
    const { runGateway } = await import('../../gateway/main.ts');
    await runGateway({ home, env: speaker.env });
  });
}
