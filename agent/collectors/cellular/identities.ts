/** IMEI, IMSI, ICCID and phone numbers are decimal and longer than any other number in an answer; an ICCID may end in hexadecimal filler. */
const identity = /\+?\d{10,}[0-9A-F]*/gi;

/** A text that may be shown or sent: identities of a SIM or modem are cut out. */
export function withoutIdentities(text: string): string {
  return text.replaceAll(identity, '…');
}

/** Answers that hold identities: the agent never asks for them, and decoding a capture passes over them. */
const identityNames = new Set([
  ...[
    '+CGSN',
    '+GSN',
    '+EGMR',
    '+CIMI',
    '+CCID',
    '+QCCID',
    '+ICCID',
    '^ICCID',
    '+CNUM',
    '+CFSN',
    '^CIMI',
    '^MEID',
    '^ESN',
  ],
  ...['%CCID', '#CCID', '+XICCID'],
]);

/** True for a command or the prefix of an answer about identities: `AT+CIMI`, `+CNUM`. */
export function isAboutIdentity(text: string): boolean {
  const name = /^(?:AT)?([+^*%$#!&_@][A-Z0-9]+)/i.exec(text)?.[1]?.toUpperCase();
  return name !== undefined && identityNames.has(name);
}
