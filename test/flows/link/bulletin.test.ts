import { describe, expect, it } from 'vitest';
import { Bulletin } from '../../../flows/link/bulletin.ts';
import type { Incoming } from '../../../flows/link/incoming.ts';
import { alertOf } from './alert.ts';

const stateOf = (device: string, online: boolean): Incoming => ({
  channel: 'state',
  topic: `campus/v1/school/${device}/state`,
  site: 'school',
  device,
  payload: { online, since: 1, boot: 'b', version: '1' },
});
const alertMessage = (id: string, isOpen = true): Incoming => ({
  channel: 'alerts',
  topic: `campus/v1/school/alerts/${id}`,
  site: 'school',
  id,
  payload: isOpen ? alertOf(id) : undefined,
});

describe('the bulletin', () => {
  it('tells each listener what comes on its channel, until it stops', () => {
    const bulletin = new Bulletin();
    const told: string[] = [];
    const stop = bulletin.onMessage('state', (message) => told.push(message.channel));
    bulletin.onTelemetry('', () => told.push('wrong'));
    bulletin.message(stateOf('room-1', true));
    stop();
    bulletin.message(stateOf('room-1', false));
    expect(told).toEqual(['state']);
  });

  it('tells that a device was removed, and greets nobody with its state any more', () => {
    const bulletin = new Bulletin();
    const removed: string[] = [];
    bulletin.onRemoval((device) => removed.push(device));
    bulletin.message(stateOf('room-1', true));
    bulletin.message({ ...stateOf('room-1', true), payload: undefined } as Incoming);
    const told: Incoming[] = [];
    bulletin.onMessage('state', (message) => told.push(message));
    bulletin.greet();
    expect([removed, told]).toEqual([['room-1'], []]);
  });

  it('knows whose points somebody wants', () => {
    const bulletin = new Bulletin();
    const stops = [bulletin.onTelemetry('disk', () => {}), bulletin.onTelemetry('disk', () => {})];
    bulletin.onTelemetry(undefined, () => {});
    expect([bulletin.wants('disk'), bulletin.wants('system')]).toEqual([true, false]);
    stops[0]?.();
    expect(bulletin.wants('disk')).toBe(true);
    stops[1]?.();
    expect(bulletin.wants('disk')).toBe(false);
    const stopAll = bulletin.onTelemetry('', () => {});
    expect(bulletin.wants('anything')).toBe(true);
    stopAll();
    expect(bulletin.wants('anything')).toBe(false);
  });

  it('tells a node that is deployed later what the others know, once', () => {
    const bulletin = new Bulletin();
    bulletin.message(stateOf('room-1', true));
    bulletin.message(stateOf('room-1', false));
    bulletin.message(stateOf('room-2', true));
    for (const id of ['a1', 'a2']) bulletin.message(alertMessage(id));
    bulletin.message(alertMessage('a1', false));
    bulletin.connected(true);

    const told: unknown[] = [];
    bulletin.onMessage('state', (message) => told.push(message));
    bulletin.onAlertChange(({ kind, alert }) => told.push([kind, alert.id]));
    bulletin.onConnection((isUp) => told.push(isUp));
    expect(told).toEqual([]);
    bulletin.greet();
    expect(told).toEqual([stateOf('room-1', false), stateOf('room-2', true), ['opened', 'a2'], true]);
    bulletin.greet();
    expect(told).toHaveLength(4);
  });

  it('tells of the connection only when it changes', () => {
    const bulletin = new Bulletin();
    const told: boolean[] = [];
    bulletin.onConnection((isUp) => told.push(isUp));
    for (const isUp of [false, true, true, false]) bulletin.connected(isUp);
    expect(told).toEqual([true, false]);
  });

  it('tells which alerts the gateway has no longer after an absence', () => {
    const bulletin = new Bulletin();
    for (const id of ['a1', 'a2']) bulletin.message(alertMessage(id));
    const told: string[] = [];
    bulletin.onAlertChange(({ kind, alert }) => told.push(`${kind} ${alert.id}`));
    bulletin.openAlertsFollow();
    bulletin.message(alertMessage('a1'));
    bulletin.openAlertsComplete();
    expect(told).toEqual(['opened a1', 'gone a2']);
  });
});
