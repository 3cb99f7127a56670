import { expect, it } from 'vitest';
import { encodeDeviceSerial, parseDeviceSerial } from '../../../gateway/pki/device-serial.ts';

it('says in a serial number which version of an account a certificate is for', () => {
  const account = { createdAt: 1_795_573_449_627, version: 4_000_000_000 };
  const serial = encodeDeviceSerial(account, Buffer.alloc(8, 0xff));
  expect(serial).toMatch(/^01[0-9a-f]{20}f{16}$/);
  expect(parseDeviceSerial(serial.toUpperCase())).toEqual(account);
});

it.each(['', '01', `02${'00'.repeat(18)}`, `01${'00'.repeat(17)}`, `01${'00'.repeat(19)}`, `01${'zz'.repeat(18)}`])(
  'takes %j for no serial number of a device',
  (text) => expect(parseDeviceSerial(text)).toBeUndefined(),
);
