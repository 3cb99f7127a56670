import type { Transport } from './sockets.ts';

interface KnownPort {
  service: string;
  /** The unit that Debian starts it by. */
  unit?: string;
}

/** Remote access in clear: telnet, rexec, rlogin, rsh. */
export const PLAIN_REMOTE_PORTS: readonly number[] = [23, 512, 513, 514];

/**
 * Ports whose services are attacked most, are made for a local network alone, or speak in clear; the standard asks to close high-risk ports
 * and names none. Names by IANA's registry.
 */
const highRisk: Readonly<Record<Transport, Readonly<Record<number, KnownPort>>>> = {
  tcp: {
    21: { service: 'FTP', unit: 'vsftpd.service' },
    23: { service: 'telnet', unit: 'telnet.socket' },
    111: { service: 'rpcbind', unit: 'rpcbind.socket rpcbind.service' },
    135: { service: 'MS RPC' },
    139: { service: 'NetBIOS', unit: 'smbd.service' },
    445: { service: 'SMB', unit: 'smbd.service' },
    512: { service: 'rexec', unit: 'rexec.socket' },
    513: { service: 'rlogin', unit: 'rlogin.socket' },
    514: { service: 'rsh', unit: 'rsh.socket' },
    873: { service: 'rsync', unit: 'rsync.service' },
    1433: { service: 'MS SQL' },
    1521: { service: 'Oracle' },
    2049: { service: 'NFS', unit: 'nfs-server.service' },
    2375: { service: 'Docker without TLS', unit: 'docker.socket docker.service' },
    3306: { service: 'MySQL', unit: 'mariadb.service' },
    3389: { service: 'RDP', unit: 'xrdp.service' },
    5432: { service: 'PostgreSQL', unit: 'postgresql.service' },
    5900: { service: 'VNC' },
    6379: { service: 'Redis', unit: 'redis-server.service' },
    9200: { service: 'Elasticsearch' },
    11211: { service: 'memcached', unit: 'memcached.service' },
    27017: { service: 'MongoDB' },
  },
  udp: {
    69: { service: 'TFTP', unit: 'tftpd-hpa.service' },
    111: { service: 'rpcbind', unit: 'rpcbind.socket rpcbind.service' },
    137: { service: 'NetBIOS', unit: 'nmbd.service' },
    138: { service: 'NetBIOS', unit: 'nmbd.service' },
    161: { service: 'SNMP', unit: 'snmpd.service' },
    1900: { service: 'SSDP' },
    11211: { service: 'memcached', unit: 'memcached.service' },
  },
};

/** The services that have no business on a school's network, for the report: `FTP tcp/21`. */
export const highRiskPorts: readonly string[] = Object.entries(highRisk).flatMap(([transport, ports]) =>
  Object.entries(ports).map(([port, { service }]) => `${service} ${transport}/${port}`),
);

export function isHighRisk(port: number, transport: Transport): boolean {
  return Object.hasOwn(highRisk[transport], port);
}

/** What usually listens on a port; the port itself where nothing is known. */
export function serviceOf(port: number, transport: Transport): string {
  return highRisk[transport][port]?.service ?? `${transport}/${port}`;
}

/** A shell line that stops what listens on a port, by its unit where that is known, else by finding it. */
export function stopService(port: number, transport: Transport): string {
  const unit = highRisk[transport][port]?.unit;
  if (unit !== undefined) return `systemctl disable --now ${unit}`;
  const option = transport === 'tcp' ? '-t' : '-u';
  return `systemctl disable --now "$(ps -o unit= -p "$(ss -Hln ${option} -p 'sport = :${port}' | grep -om1 'pid=[0-9]*' | cut -d= -f2)")"`;
}
