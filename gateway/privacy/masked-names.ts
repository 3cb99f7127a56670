import type { Alert } from '../../contract/alert.ts';

/** Actors of the audit log that are people. Programs, devices and flows are not. */
const people = /^(user|cli):/;
/** An account that was erased: nobody knows the name, so there is none to mask. */
const erased = /^~[0-9a-f]{16}$/;

/** A person's name as others see it: `张三` is `张*`, `wang` is `w*`. How long it is stays hidden. */
export function maskName(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name);
  return first === undefined || erased.test(name) ? name : `${first.segment}*`;
}

/** An actor of the audit log as others see it: `user:wang` is `user:w*`, `device:school/room-1` is itself. */
export function maskActor(actor: string): string {
  if (!people.test(actor)) return actor;
  const colon = actor.indexOf(':');
  return `${actor.slice(0, colon + 1)}${maskName(actor.slice(colon + 1))}`;
}

/** The texts of an audit row that name people. */
export function maskRow<R extends { actor: string; action: string; target: string }>(row: R): R {
  const target = row.action.startsWith('user.') ? maskName(row.target) : maskActor(row.target);
  return { ...row, actor: maskActor(row.actor), target };
}

/** An alert as everybody sees it: who took it up or closed it is masked. */
export function maskAlert(alert: Alert): Alert {
  const { acknowledged_by, closed_by } = alert;
  if (acknowledged_by === undefined && closed_by === undefined) return alert;
  return {
    ...alert,
    ...(acknowledged_by === undefined ? {} : { acknowledged_by: maskHandler(acknowledged_by) }),
    ...(closed_by === undefined ? {} : { closed_by: maskHandler(closed_by) }),
  };
}

/** A person by the bare name, or anything else as the audit log calls it. */
function maskHandler(handler: string): string {
  return handler.includes(':') ? maskActor(handler) : maskName(handler);
}
