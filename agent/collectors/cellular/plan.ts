/** Makers whose own commands tell more than the standard ones. */
export type Vendor = 'quectel' | 'fibocom' | 'huawei' | 'other';

const usbVendors: Readonly<Record<string, Vendor>> = {
  '2c7c': 'quectel',
  '2cb7': 'fibocom',
  '1508': 'fibocom',
  '0e8d': 'fibocom',
  '12d1': 'huawei',
  '3466': 'huawei',
};

/** The maker, by what the modem says (+CGMI) or else by its USB vendor. */
export function vendorOf(manufacturer: string | undefined, usbVendorId: string | undefined): Vendor {
  if (/quectel/i.test(manufacturer ?? '')) return 'quectel';
  if (/fibocom/i.test(manufacturer ?? '')) return 'fibocom';
  if (/huawei|td ?tech|hisilicon/i.test(manufacturer ?? '')) return 'huawei';
  return usbVendors[usbVendorId ?? ''] ?? 'other';
}

/** Once for each time that a modem is plugged in. */
export const identificationCommands: readonly string[] = ['AT+CGMI', 'AT+CGMM', 'AT+CGMR'];

/** For each sample, in this order: what a slow modem does not get to is what matters least. */
export function sampleCommands(vendor: Vendor): readonly string[] {
  return [
    'AT+CPIN?',
    ...registrationCommands,
    ...cellCommands[vendor],
    ...signalCommands,
    ...connectionCommands,
    ...temperatureCommands[vendor],
  ];
}

const registrationCommands = ['AT+CEREG?', 'AT+C5GREG?', 'AT+CGREG?', 'AT+COPS?'];
const signalCommands = ['AT+CESQ', 'AT+CSQ'];
const connectionCommands = ['AT+CGPADDR', 'AT+CGCONTRDP'];

const cellCommands: Readonly<Record<Vendor, readonly string[]>> = {
  quectel: ['AT+QENG="servingcell"', 'AT+QCAINFO', 'AT+QNWINFO'],
  fibocom: ['AT+GTCCINFO?', 'AT+GTCAINFO?'],
  huawei: ['AT^HCSQ?', 'AT^MONSC', 'AT^MONSSC', 'AT^SYSINFOEX'],
  other: [],
};

const temperatureCommands: Readonly<Record<Vendor, readonly string[]>> = {
  quectel: ['AT+QTEMP'],
  fibocom: ['AT+GTSENRDTEMP=1'],
  huawei: ['AT^CHIPTEMP?'],
  other: [],
};

/** Every few minutes: what changes slowly, or takes the modem long. */
export function rareCommands(vendor: Vendor): readonly string[] {
  const own = { quectel: ['AT+QSPN', 'AT+QENG="neighbourcell"'], fibocom: [], huawei: ['AT^MONNC'], other: [] };
  return [...own[vendor], 'AT+CGEQOSRDP', 'AT+C5GQOSRDP'];
}

/**
 * What the agent sets, once for each time that a modem is plugged in: causes of errors as numbers, and the cell in the answers about registration.
 * Neither is kept by the modem nor changes what it does.
 */
export const settingCommands: readonly string[] = ['AT+CMEE=1', 'AT+CEREG=2', 'AT+C5GREG=2'];
