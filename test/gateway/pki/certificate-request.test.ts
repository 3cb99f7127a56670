import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { requestedKey } from '../../../gateway/pki/certificate-request.ts';
import { certificateRequest, otherCurveRequest, requestedKeySha256 } from '../join/certificate-requests.ts';

const [, body = ''] = /-----\n([\s\S]+)\n-----END/.exec(certificateRequest) ?? [];
const der = Buffer.from(body, 'base64');

function pem(bytes: Uint8Array): string {
  return `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
}

function changed(index: number): Buffer {
  const copy = Buffer.from(der);
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}

describe('a certificate request', () => {
  it('gives the key that it is signed by', () => {
    const spki = requestedKey(certificateRequest).export({ format: 'der', type: 'spki' });
    expect(createHash('sha256').update(spki).digest('hex')).toBe(requestedKeySha256);
    expect(requestedKey(pem(der)).equals(requestedKey(certificateRequest))).toBe(true);
  });

  it('is refused wherever a bit of what is signed, or of the signature, is another', () => {
    const accepted = Array.from({ length: der.length }, (_, index) => index).filter((index) => {
      try {
        requestedKey(pem(changed(index)));
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: 'request_invalid' });
        return false;
      }
    });
    // The signature's algorithm is not read: only one is tried.
    const algorithm = der.indexOf(Buffer.from('300a06082a8648ce3d040302', 'hex'));
    expect(accepted.filter((index) => index < algorithm || index > algorithm + 12)).toEqual([]);
  });

  it('is refused wherever it is cut off', () => {
    for (let length = 0; length < der.length; length++) {
      expect(() => requestedKey(pem(der.subarray(0, length)))).toThrow(/request: expected PKCS #10/);
    }
  });

  it.each([
    ['nonsense', 'none'],
    ['an empty text', ''],
    ['a certificate', certificateRequest.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE')],
    ['a length of four octets', pem(Buffer.from('3084ffffffff', 'hex'))],
    ['an indefinite length', pem(Buffer.from('30800000', 'hex'))],
    ['two of them', certificateRequest + certificateRequest],
    ['a key on another curve', otherCurveRequest],
  ])('is not %s', (_what, text) => {
    expect(() => requestedKey(text)).toThrow(expect.objectContaining({ code: 'request_invalid' }));
  });
});
