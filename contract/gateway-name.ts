/**
 * The name in every certificate that a site's own authority gives its gateway. Agents ask for it, whatever address they reach the gateway
 * by: an address that changes then breaks no trust. `.internal` is kept for private use (ICANN resolution 2024.07.29.06).
 */
export const GATEWAY_NAME = 'gateway.campus-edge.internal';
