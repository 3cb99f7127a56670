/** What a simple device needs to report by TLS with a user name and a password. */
export interface DeviceSettingsInput {
  /** A name or address that stands in the gateway's certificate. */
  host: string;
  port: number;
  username: string;
  password: string;
  topic: string;
  /** The certificate authority to trust, PEM. */
  ca: string;
}

/** Software that settings can be made for. */
export const settingsKinds = ['mosquitto', 'telegraf', 'esphome'] as const;
export type SettingsKind = (typeof settingsKinds)[number];

/** Where the settings expect the certificate authority's file, beside the program that reads it. */
const CA_FILE = 'campus-edge-ca.crt';

/** Settings to copy into a program as they are, with nothing left to fill in but what is measured. */
export function deviceSettings(kind: SettingsKind, input: DeviceSettingsInput): string {
  return { mosquitto: forMosquitto, telegraf: forTelegraf, esphome: forEsphome }[kind](input);
}

/** The same as one line for a QR code: an app that reads it has everything but the authority. */
export function deviceUri({ host, port, username, password, topic }: DeviceSettingsInput): string {
  const user = [username, password].map(encodeURIComponent).join(':');
  return `mqtts://${user}@${bracketed(host)}:${port}/${topic}`;
}

/** A shell script that reports one value with Mosquitto's client (mosquitto_pub(1)). */
function forMosquitto({ host, port, username, password, topic, ca }: DeviceSettingsInput): string {
  return `cat > ${CA_FILE} <<'END'
${ca.trim()}
END
mosquitto_pub -h ${host} -p ${port} --cafile ${CA_FILE} -q 1 -u ${username} -P ${password} \\
  -t ${topic} \\
  -m '{"metrics":[{"name":"example","tags":{},"fields":{"value":1},"timestamp":'$(date +%s%3N)'}]}'`;
}

/** Telegraf's output plugin for MQTT (plugins/outputs/mqtt in its documentation). */
function forTelegraf({ host, port, username, password, topic, ca }: DeviceSettingsInput): string {
  return `# /etc/telegraf/${CA_FILE}
${comment(ca)}

[[outputs.mqtt]]
  servers = ["mqtts://${bracketed(host)}:${port}"]
  protocol = "3.1.1"
  topic = "${topic}"
  layout = "batch"
  qos = 1
  username = "${username}"
  password = "${password}"
  tls_ca = "/etc/telegraf/${CA_FILE}"
  data_format = "json"
  json_timestamp_units = "1ms"`;
}

/**
 * ESPHome's MQTT client (esphome.io/components/mqtt). Its own topics are switched off: the gateway ends the connection of a device that
 * publishes elsewhere than on the topics of the contract.
 */
function forEsphome({ host, port, username, password, topic, ca }: DeviceSettingsInput): string {
  return `esp32:
  framework:
    type: esp-idf
time:
  - platform: sntp
    id: wall_clock
mqtt:
  broker: "${host}"
  port: ${port}
  username: "${username}"
  password: "${password}"
  certificate_authority: |
${indent(ca, 4)}
  clean_session: true
  discovery: false
  topic_prefix: null
  log_topic: null
  birth_message:
  will_message:
interval:
  - interval: 30s
    then:
      - mqtt.publish:
          topic: "${topic}"
          qos: 1
          payload: !lambda |-
            return str_sprintf("{\\"metrics\\":[{\\"name\\":\\"room\\",\\"tags\\":{},\\"fields\\":{\\"temperature_celsius\\":%.1f},\\"timestamp\\":%lld000}]}", id(temperature).state, (long long) id(wall_clock).now().timestamp);`;
}

function comment(pem: string): string {
  return pem.trim().replaceAll(/^/gm, '# ');
}

function indent(text: string, spaces: number): string {
  return text.trim().replaceAll(/^/gm, ' '.repeat(spaces));
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
