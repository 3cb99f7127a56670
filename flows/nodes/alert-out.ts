import type { NodeRedApi } from '../node-red.ts';
import { connectionStatus } from './connection-status.ts';
import { isRequestMessage } from './flow-message.ts';

/** How often the number of waiting requests is shown, ms. */
const SHOW_MS = 1000;

/** Registers `campus-alert-out`: asks the gateway to raise and clear alerts. */
export function registerAlertOut(RED: NodeRedApi): void {
  RED.nodes.registerType('campus-alert-out', function (definition) {
    RED.nodes.createNode(this, definition);
    const { link } = RED.settings.campusEdge;
    let shown: string | undefined;
    const show = (): void => {
      const status = connectionStatus(link.bulletin.isUp);
      const waiting = link.bulletin.isUp ? 0 : link.pendingRequests;
      const text = waiting === 0 ? (status.text ?? '') : `⏳ ${waiting}`;
      if (text === shown) return;
      shown = text;
      this.status({ ...status, text });
    };
    const timer = setInterval(show, SHOW_MS);
    this.on('input', (message, _send, done) => {
      if (!isRequestMessage(message)) {
        done(new Error('expected a request to raise or clear an alert in msg.payload, got something else'));
        return;
      }
      link.request(message.payload);
      done();
    });
    this.on('close', () => clearInterval(timer));
    show();
  });
}
