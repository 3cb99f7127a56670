/**
 * The flow of a school that builds the stack by itself: telemetry in, to InfluxDB, and a function node that raises an alert when a
 * device's memory use crosses a threshold. Node-RED's file format (https://nodered.org/docs/, flows.json).
 */

export interface MingFlowOptions {
  mqttPort: number;
  influxPort: number;
  /** As a careful administrator has it: a session that the broker keeps, and batches of a second or 500 points. */
  tuned: boolean;
}

export const MING_ALERT_TOPIC = 'alerts';

const TO_INFLUX = `msg.payload = msg.payload.metrics.map((m) => ({
  measurement: m.name, tags: m.tags, fields: m.fields, timestamp: m.timestamp,
}));
return msg;`;

const TO_INFLUX_IN_BATCHES = `const points = context.get('points') || [];
const flush = () => {
  const full = context.get('points') || [];
  if (full.length === 0) return;
  context.set('points', []);
  node.send({ payload: full });
};
if (!context.get('timer')) context.set('timer', setInterval(flush, 1000));
for (const m of msg.payload.metrics) {
  points.push({ measurement: m.name, tags: m.tags, fields: m.fields, timestamp: m.timestamp });
}
context.set('points', points);
if (points.length >= 500) flush();
return null;`;

const RULE = `const metric = msg.payload.metrics.find((m) => m.name === 'system');
if (!metric) return null;
const raised = flow.get('raised') || {};
const device = metric.tags.device;
const value = metric.fields.memory_used_percent;
const past = value > 90;
if (past === !!raised[device]) return null;
raised[device] = past;
flow.set('raised', raised);
return {
  topic: '${MING_ALERT_TOPIC}', qos: 1,
  payload: { device, state: past ? 'open' : 'cleared', value, timestamp: metric.timestamp },
};`;

/** The content of flows.json. */
export function mingFlows({ mqttPort, influxPort, tuned }: MingFlowOptions): object[] {
  return [
    { id: 'tab', type: 'tab', label: 'campus', disabled: false, info: '' },
    broker(mqttPort, tuned),
    influx(influxPort),
    {
      id: 'telemetry',
      type: 'mqtt in',
      z: 'tab',
      name: '',
      topic: 'campus/v1/+/+/telemetry',
      qos: '1',
      datatype: 'auto-detect',
      broker: 'broker',
      nl: false,
      rap: true,
      rh: 0,
      inputs: 0,
      ...{ x: 100, y: 100 },
      wires: [['to-influx', 'rule']],
    },
    functionNode('to-influx', tuned ? TO_INFLUX_IN_BATCHES : TO_INFLUX, 'write'),
    functionNode('rule', RULE, 'alert'),
    {
      id: 'write',
      type: 'influxdb batch',
      z: 'tab',
      influxdb: 'influx',
      precision: 'ms',
      retentionPolicy: '',
      name: '',
      database: 'campus',
      precisionV18FluxV20: 'ms',
      retentionPolicyV18Flux: '',
      org: '',
      bucket: '',
      ...{ x: 500, y: 100 },
      wires: [],
    },
    {
      id: 'alert',
      type: 'mqtt out',
      z: 'tab',
      name: '',
      topic: MING_ALERT_TOPIC,
      qos: '1',
      retain: 'false',
      broker: 'broker',
      ...{ x: 500, y: 200 },
      wires: [],
    },
  ];
}

function broker(port: number, tuned: boolean): object {
  return {
    id: 'broker',
    type: 'mqtt-broker',
    name: '',
    broker: '127.0.0.1',
    port: String(port),
    clientid: tuned ? 'node-red-ingest' : '',
    autoConnect: true,
    usetls: false,
    protocolVersion: '4',
    keepalive: '60',
    cleansession: !tuned,
    autoUnsubscribe: !tuned,
    birthTopic: '',
    closeTopic: '',
    willTopic: '',
    sessionExpiry: '',
  };
}

function influx(port: number): object {
  return {
    id: 'influx',
    type: 'influxdb',
    hostname: '127.0.0.1',
    port: String(port),
    protocol: 'http',
    database: 'campus',
    name: '',
    usetls: false,
    tls: '',
    influxdbVersion: '1.x',
    url: '',
    rejectUnauthorized: false,
  };
}

function functionNode(id: string, func: string, to: string): object {
  return {
    id,
    type: 'function',
    z: 'tab',
    name: id,
    func,
    outputs: 1,
    timeout: 0,
    noerr: 0,
    initialize: '',
    finalize: '',
    libs: [],
    ...{ x: 300, y: 100 },
    wires: [[to]],
  };
}
