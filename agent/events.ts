import type { DeviceEvent } from '../contract/event.ts';

/** An event as the agent raises it; the outbox dates and numbers it. */
export type AgentEvent = Omit<DeviceEvent, 'at' | 'boot' | 'seq'>;

/** The gateway was away for so long, or the box has so little room, that samples had to go. */
export function outboxFull(dropped: number): AgentEvent {
  return {
    type: 'outbox-full',
    class: 'facility-fault',
    level: 4,
    summary: {
      'zh-CN': `发件箱已满，已丢弃最早的 ${dropped} 条采集消息`,
      en: `The outbox is full: the oldest ${dropped} messages of samples were dropped`,
    },
    facts: { dropped },
  };
}

/** The dropping has come to its end. */
export function outboxHasRoom(dropped: number): AgentEvent {
  return {
    type: 'outbox-has-room',
    class: 'facility-fault',
    level: 4,
    summary: {
      'zh-CN': `发件箱恢复正常，期间共丢弃 ${dropped} 条采集消息`,
      en: `The outbox has room again; ${dropped} messages of samples were dropped meanwhile`,
    },
    facts: { dropped },
  };
}

/** The file of the outbox was damaged: what could not be read of it and was not sent is missing. */
export function outboxDamaged(facts: { file: string; saved: number; lost: number }): AgentEvent {
  return {
    type: 'outbox-damaged',
    class: 'facility-fault',
    level: 4,
    summary: {
      'zh-CN': `发件箱文件损坏，已移到一旁；挽回 ${facts.saved} 条消息，至少丢失 ${facts.lost} 条`,
      en: `The file of the outbox was damaged and set aside; ${facts.saved} messages were saved, at least ${facts.lost} are lost`,
    },
    facts,
  };
}

/** Samples of an earlier start of the machine, during which nobody told it the time. */
export function samplesUndated(dropped: number): AgentEvent {
  return {
    type: 'samples-undated',
    class: 'facility-fault',
    level: 4,
    summary: {
      'zh-CN': `设备此前一次开机期间始终未获知时间，已丢弃无法确定时间的 ${dropped} 条采集消息`,
      en: `The time was unknown during an earlier start of the box: ${dropped} messages of samples cannot be dated and were dropped`,
    },
    facts: { dropped },
  };
}

/** NTP has set the box's clock, and the gateway's shows another time. @param seconds the box's clock less the gateway's */
export function clockDifference(seconds: number): AgentEvent {
  return {
    type: 'clock-difference',
    class: 'facility-fault',
    level: 4,
    summary: {
      'zh-CN': `设备时钟（已由 NTP 校准）与网关时钟相差 ${seconds} 秒，请检查网关的时间`,
      en: `The clock of the box, which NTP has set, differs from the gateway's by ${seconds} s: check the gateway's time`,
    },
    facts: { difference_s: seconds },
  };
}

/** Neither NTP nor the gateway tells the time. */
export function clockUnknown(): AgentEvent {
  return {
    type: 'clock-unknown',
    class: 'facility-fault',
    level: 4,
    summary: {
      'zh-CN': '设备无法得知时间（NTP 与网关均未提供），采集数据暂存在设备上',
      en: 'The box cannot tell the time, by NTP nor from the gateway: it keeps its samples until it can',
    },
  };
}
