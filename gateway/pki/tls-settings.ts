import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

/**
 * How the gateway speaks TLS: 1.2 with forward secrecy and authenticated encryption, and 1.3 (RFC 9325 §4.2). The suites with RSA are for
 * an administrator's own certificate.
 */
export const tlsSettings = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  // P-256 is what the TLS of a microcontroller has.
  ecdhCurve: 'X25519:P-256:P-384',
  honorCipherOrder: true,
  // A client that could have keys exchanged again and again would have the gateway do most of the work.
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
} satisfies SecureContextOptions;

/** A client that has not finished its handshake by then is none (Node.js waits two minutes). */
export const HANDSHAKE_MS = 10_000;
