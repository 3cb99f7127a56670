import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';

// What OpenWrt's ubus answers, as far as it is read: iwinfo (rpcd, iwinfo.c), hostapd (OpenWrt's ubus.c in it) and network.wireless (netifd).
// Rates are in kbit/s, times in ms. Objects are open: newer versions add to them.

const Count = Type.Optional(Type.Integer({ minimum: 0 }));
const Whole = Type.Optional(Type.Integer());
const Flag = Type.Optional(Type.Boolean());
const Name = Type.String({ maxLength: 256 });
const Word = Type.String({ maxLength: 64 });
const Address = Type.String({ maxLength: 17 });
/** More than any access point takes (hostapd's max_num_sta is 2007). */
const CLIENTS_MAX = 4096;

const Direction = Type.Object({
  ...{ rate: Count, mcs: Count, nss: Count, mhz: Count, he_gi: Count, he_dcm: Count, eht_gi: Count },
  ...{ ht: Flag, vht: Flag, he: Flag, eht: Flag, short_gi: Flag, '40mhz': Flag },
  ...{ packets: Count, bytes: Count, retries: Count, failed: Count },
});

const Neighbour = Type.Object({
  mac: Address,
  ...{ signal: Whole, signal_avg: Whole, inactive: Count, connected_time: Count, authorized: Flag },
  ...{ rx: Type.Optional(Direction), tx: Type.Optional(Direction) },
});

const Info = Type.Object({
  ...{ phy: Word, mode: Word, ssid: Type.Optional(Name), bssid: Type.Optional(Address), htmode: Type.Optional(Word) },
  ...{ channel: Whole, frequency: Count, center_chan1: Count, center_chan2: Count },
  ...{ txpower: Whole, signal: Whole, noise: Whole, bitrate: Count },
});

const BothWays = Type.Optional(Type.Object({ rx: Count, tx: Count }));
const Associated = Type.Object({
  ...{ assoc: Type.Boolean(), authorized: Flag, ht: Flag, vht: Flag, he: Flag, eht: Flag },
  ...{ signal: Whole, rate: BothWays, bytes: BothWays, packets: BothWays },
});

const Network = Type.Object({
  ifname: Type.Optional(Word),
  config: Type.Object({ mode: Word, ssid: Type.Optional(Name), mesh_id: Type.Optional(Name) }),
});

const WirelessRadio = Type.Object({
  up: Type.Boolean(),
  config: Type.Optional(
    Type.Object({
      channel: Type.Optional(Type.Union([Word, Type.Integer()])),
      ...{ htmode: Type.Optional(Word), band: Type.Optional(Word), hwmode: Type.Optional(Word) },
    }),
  ),
  interfaces: Type.Array(Network, { maxItems: 64 }),
});

const SurveyResult = Type.Object({
  mhz: Type.Integer({ minimum: 1 }),
  ...{ noise: Whole, active_time: Count, busy_time: Count, rx_time: Count, tx_time: Count },
});

const Clients = Type.Record(Address, Associated, { maxProperties: CLIENTS_MAX });

export type UbusDirection = Static<typeof Direction>;
export type UbusNeighbour = Static<typeof Neighbour>;
export type UbusInfo = Static<typeof Info>;
export type UbusClients = Static<typeof Clients>;
export type UbusRadio = Static<typeof WirelessRadio>;
export type UbusSurveyResult = Static<typeof SurveyResult>;

/** `ubus call iwinfo info '{"device":"wlan0"}'`. */
export const infoShape = Compile(Info);
/** `ubus call iwinfo assoclist '{"device":"wlan0"}'`. */
export const neighboursShape = Compile(Type.Object({ results: Type.Array(Neighbour, { maxItems: CLIENTS_MAX }) }));
/** `ubus call iwinfo survey '{"device":"wlan0"}'`. */
export const surveyShape = Compile(Type.Object({ results: Type.Array(SurveyResult, { maxItems: 256 }) }));
/** `ubus call hostapd.wlan0 get_clients`. */
export const clientsShape = Compile(Type.Object({ freq: Count, clients: Clients }));
/** The clients of the same alone, as some programs pass them on. */
export const bareClientsShape = Compile(Clients);
/** `ubus call network.wireless status`. */
export const wirelessShape = Compile(Type.Record(Word, WirelessRadio, { maxProperties: 64 }));
