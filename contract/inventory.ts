import { type Static, type TProperties, Type } from '#typebox';

/**
 * What a device is made of: NetJSON DeviceMonitoring (https://netjson.org/rfc.html, as OpenWISP uses it) and what it lacks
 * (hardware, software, serial ports). No personal data: no client devices, no user names, no SIM identities.
 */
const text = Type.String({ maxLength: 256 });

/** Nothing beyond what is named here is kept or passed on: what is not foreseen may be somebody's name. */
const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });

const Address = closed({
  proto: Type.Union([Type.Literal('static'), Type.Literal('dhcp'), Type.Literal('slaac'), Type.Literal('unknown')]),
  family: Type.Union([Type.Literal('ipv4'), Type.Literal('ipv6')]),
  address: text,
  mask: Type.Integer({ minimum: 0, maximum: 128 }),
});

const Interface = closed({
  name: text,
  type: text,
  up: Type.Boolean(),
  /** The box's own address, infrastructure and not personal. */
  mac: Type.Optional(text),
  mtu: Type.Optional(Type.Integer()),
  speed_mbit_per_second: Type.Optional(Type.Number()),
  addresses: Type.Array(Address, { maxItems: 64 }),
});

export const Inventory = closed({
  type: Type.Literal('DeviceMonitoring'),
  general: closed({
    hostname: Type.Optional(text),
    local_time: Type.Integer({ description: 'seconds since 1970' }),
    uptime: Type.Integer({ description: 'seconds' }),
  }),
  hardware: closed({
    manufacturer: Type.Optional(text),
    model: Type.Optional(text),
    cpu: Type.Optional(text),
    cpu_count: Type.Optional(Type.Integer()),
    memory_bytes: Type.Optional(Type.Integer()),
    virtual: Type.Optional(Type.Boolean()),
  }),
  software: closed({
    os: Type.Optional(text),
    os_version: Type.Optional(text),
    kernel: Type.Optional(text),
    architecture: Type.Optional(text),
    node: Type.Optional(text),
    agent: text,
  }),
  disks: Type.Array(
    closed({ name: text, type: text, model: Type.Optional(text), size_bytes: Type.Optional(Type.Integer()) }),
    { maxItems: 64 },
  ),
  interfaces: Type.Array(Interface, { maxItems: 256 }),
  /** Serial ports with a device behind them: where a 5G modem would be. */
  serial_ports: Type.Array(
    closed({
      path: text,
      manufacturer: Type.Optional(text),
      vendor_id: Type.Optional(text),
      product_id: Type.Optional(text),
    }),
    { maxItems: 64 },
  ),
  dns_servers: Type.Array(text, { maxItems: 16 }),
});
export type Inventory = Static<typeof Inventory>;
