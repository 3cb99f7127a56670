import { describe, expect, it } from 'vitest';
import type { IncomingTelemetry } from '../../../flows/link/incoming.ts';
import {
  flowMessage,
  heardMessage,
  isRequestMessage,
  isRuleMessage,
  ruleMessage,
} from '../../../flows/nodes/flow-message.ts';

const telemetry: IncomingTelemetry = {
  channel: 'telemetry',
  topic: 'campus/v1/school/room-1/telemetry',
  site: 'school',
  device: 'room-1',
  payload: {
    metrics: [
      { name: 'system', tags: {}, fields: { load1: 1 }, timestamp: 1 },
      { name: 'disk', tags: { mount: '/' }, fields: { used_percent: 2 }, timestamp: 2 },
    ],
    boot: 'abcdefgh',
    seq: 3,
  },
};

describe('what campus-in sends', () => {
  it('is everything, or only the points of one measurement', () => {
    expect(flowMessage(telemetry, '')).toEqual(telemetry);
    expect(flowMessage(telemetry, 'disk')).toEqual({
      ...telemetry,
      payload: { ...telemetry.payload, metrics: telemetry.payload.metrics.slice(1) },
    });
  });

  it('is nothing when no point is of the measurement', () => {
    expect(flowMessage(telemetry, 'ipv6')).toBeUndefined();
  });

  it('is a copy, all the way down', () => {
    const message = flowMessage(telemetry, '');
    const before = JSON.stringify(telemetry);
    if (!isRuleMessage(message) || message.channel !== 'telemetry') throw new Error('expected telemetry');
    for (const metric of message.payload.metrics) {
      metric.fields['load1'] = 99;
      metric.tags['mount'] = 'elsewhere';
    }
    message.payload.metrics.pop();
    expect(JSON.stringify(telemetry)).toBe(before);
  });

  it('says who was heard, and not what, to those who only want to know that', () => {
    const message = heardMessage(telemetry);
    expect(message).toEqual({ ...telemetry, channel: 'heard', payload: { replayed: false } });
    expect(isRuleMessage(message)).toBe(true);
  });

  it('is nothing for the removal of an alert', () => {
    const topic = 'campus/v1/school/alerts/a1';
    expect(flowMessage({ channel: 'alerts', topic, site: 'school', id: 'a1', payload: undefined }, '')).toBeUndefined();
  });
});

describe('what rules are handed without a copy', () => {
  it('is what others are sent, of one measurement or of all', () => {
    for (const measurement of ['', 'disk']) {
      const { channel, device, payload } = flowMessage(telemetry, measurement) ?? {};
      expect(ruleMessage(telemetry, measurement)).toEqual({ channel, device, payload });
    }
    expect(ruleMessage(telemetry, 'ipv6')).toBeUndefined();
  });

  it('is no alert and no event', () => {
    const topic = 'campus/v1/school/alerts/a1';
    expect(ruleMessage({ channel: 'alerts', topic, site: 'school', id: 'a1', payload: undefined }, '')).toBeUndefined();
  });
});

describe('what a node takes', () => {
  it('is told by its shape, whatever else was done to the message', () => {
    expect(isRuleMessage({ ...telemetry, _msgid: 'x', extra: {} })).toBe(true);
    expect(isRuleMessage({ ...telemetry, device: '../x' })).toBe(false);
    expect(isRuleMessage({ ...telemetry, payload: {} })).toBe(false);
    expect(isRuleMessage({ ...telemetry, channel: 'state' })).toBe(false);
    expect(isRequestMessage({ payload: { action: 'raise' } })).toBe(false);
    expect(
      isRequestMessage({
        payload: { action: 'clear', rule: 'own', device: 'room-1', subject: '', evidence: {}, at: 1 },
      }),
    ).toBe(true);
    for (const other of [undefined, null, 'text', 7, []]) expect(isRuleMessage(other)).toBe(false);
  });
});
