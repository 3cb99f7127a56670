import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { CampusError } from '../../contract/errors.ts';

/** RFC 7468 §7. */
const PEM = /^\s*-----BEGIN CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE REQUEST-----\s*$/;

/** Tags of DER (X.690 §8). */
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;

/**
 * The key that a certificate is asked for, whose owner has signed the request. It is read here and not by the library that makes certificates
 * (runtime/x509/): strangers send these, and each job of that takes a process. PKCS #10 (RFC 2986 §4):
 *
 *     SEQUENCE {                CertificationRequest
 *       SEQUENCE {              what is signed
 *         INTEGER 0
 *         SEQUENCE { … }        subject
 *         SEQUENCE { … }        the key, as SubjectPublicKeyInfo
 *         [0] { … }             attributes
 *       }
 *       SEQUENCE { … }          ecdsa-with-SHA256
 *       BIT STRING              the signature
 *     }
 * @throws CampusError `request_invalid` for another text, another kind of key, or a signature by another key
 */
export function requestedKey(pem: string): KeyObject {
  try {
    const outer = read(Buffer.from(PEM.exec(pem)?.[1] ?? '', 'base64'), SEQUENCE);
    const signed = read(outer.content, SEQUENCE);
    const subject = read(read(signed.content, INTEGER).rest, SEQUENCE);
    const key = createPublicKey({ key: read(subject.rest, SEQUENCE).whole, format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new TypeError('a key that is not on P-256');
    const [unusedBits, ...signature] = read(read(signed.rest, SEQUENCE).rest, BIT_STRING).content;
    if (unusedBits === 0 && verify('sha256', signed.whole, key, Buffer.from(signature))) return key;
    throw new TypeError('a signature by another key');
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new CampusError('request_invalid', `request: expected PKCS #10 as PEM with a P-256 key, got ${detail}`, {
      cause: error,
    });
  }
}

interface Element {
  /** Tag, length and content. */
  whole: Buffer;
  content: Buffer;
  /** What follows. */
  rest: Buffer;
}

/** Reads one element of DER. @throws TypeError for another tag, or a length beyond the end */
function read(der: Buffer, tag: number): Element {
  if (der[0] !== tag) throw new TypeError(`the tag ${der[0] ?? 'nothing'} in place of ${tag}`);
  const first = der[1] ?? 0;
  // Up to 127 the length stands in one octet, else that says how many follow (X.690 §8.1.3). Two reach as far as any request may.
  const octets = first < 0x80 ? 0 : first - 0x80;
  if (octets > 2 || der.length < 2 + octets) throw new TypeError('a length that does not fit');
  const length = octets === 0 ? first : der.readUIntBE(2, octets);
  const [start, end] = [2 + octets, 2 + octets + length];
  if (end > der.length) throw new TypeError('an end that is cut off');
  return { whole: der.subarray(0, end), content: der.subarray(start, end), rest: der.subarray(end) };
}
