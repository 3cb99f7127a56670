/** What the network is like, in English. `network-zh-cn.ts` has the same keys; a test compares them. */
// biome-ignore format: related short texts stand on one line, so that the two languages compare at a glance
export const networkEn = {
  path: {
    title: 'Path', note: 'IPv6 whole line, IPv4 dashed; MOS is an estimate for voice', rtt: 'Round trip', jitter: 'Jitter', loss: 'Loss', mos: 'MOS',
    target_name: 'Target', difference: 'IPv6 − IPv4', no_answer: 'no answer', dns_server: 'DNS server {n}',
    target: { 'first-hop': 'First hop', gateway: 'Gateway' },
    method: { stamp: 'STAMP', icmp: 'ICMP', tcp: 'TCP' },
    jitter_of: 'jitter {jitter}', loss_of: 'loss {loss}', mos_of: 'MOS {mos}',
  },
  wifi: {
    title: 'Wi-Fi', interface: 'Interface', network: 'Network', channel: 'Channel', utilisation: 'Channel utilisation', signal: 'Signal', rate: 'Rate', clients: 'Clients',
    mode: { station: 'Station', 'access-point': 'Access point', mesh: 'Mesh', 'ad-hoc': 'Ad hoc', monitor: 'Monitor', p2p: 'Wi-Fi Direct' },
    off: 'switched off', not_connected: 'not connected', generation: 'Wi-Fi {n}', legacy: '802.11a/b/g',
    noise_of: 'noise {noise}', retries: '{share} sent again',
  },
  cellular: {
    title: '4G and 5G', modem: 'Modem', operator: 'Operator', addresses: 'Addresses', traffic: 'Traffic', carrier: 'Carrier', band: 'Band', cell: 'Cell',
    primary: 'Primary', secondary: 'Secondary {n}',
    technology: { gsm: '2G', umts: '3G', lte: '4G LTE', 'nb-iot': 'NB-IoT', 'en-dc': '5G NSA (EN-DC)', 'nr-sa': '5G SA', nr: '5G NR' },
    registration: {
      home: 'Registered', roaming: 'Roaming', searching: 'Searching', 'not-registered': 'Not registered', denied: 'Registration denied', unknown: 'Registration unknown',
      'home-sms-only': 'SMS only', 'roaming-sms-only': 'Roaming, SMS only', 'emergency-only': 'Emergency calls only',
    },
    sim: {
      absent: 'No SIM', 'pin-required': 'SIM asks for its PIN', 'puk-required': 'SIM asks for its PUK', 'pin2-required': 'SIM asks for PIN2', 'puk2-required': 'SIM asks for PUK2',
      locked: 'SIM locked', busy: 'SIM busy', failed: 'SIM failed', 'not-ready': 'SIM not ready',
    },
  },
  ipv6_details: {
    title: 'IPv6: routers, both families, NAT64', routers: 'Router advertisements', router: 'Router', flags: 'Flags', prefixes: 'Prefixes', dns: 'DNS', heard: 'Last heard',
    in_use: 'in use', not_in_use: 'not in use', withdrawn: 'withdrawn', not_heard: 'not heard', ago: '{duration} ago',
    managed: 'M: addresses by DHCPv6', other_config: 'O: other settings by DHCPv6',
    preference: { low: 'low preference', medium: 'medium preference', high: 'high preference' },
    targets: 'Both families to the same target', winner: 'First connected', nobody: 'nobody', fallback: 'IPv6 was slower or failed',
    outcome: { refused: 'refused', failed: 'failed', 'no-address': 'no address', open: 'open' },
    path_mtu: 'path MTU {bytes}', black_hole: 'larger packets vanish', nat64: 'DNS64 and NAT64', no_nat64: 'no DNS64',
    dad_failed: '{n} address that another machine has, too | {n} addresses that other machines have, too', unaddressed: 'No address in {prefix}',
    eui64: '{n} address shows the MAC address | {n} addresses show the MAC address', temporary: '{n} temporary address | {n} temporary addresses',
  },
  resolver: {
    title: 'DNS answers', server: 'Server', question: 'Question', answer: 'Answer', time: 'Time', failures: 'Failures since start', failures_of: '{failed} of {asked}', wrong: 'wrong answer',
  },
  lease: {
    title: 'DHCP leases', address: 'Address', server: 'Server', router: 'Router', dns: 'DNS servers', time: 'Left', left_of: '{left} of {whole}',
  },
};
