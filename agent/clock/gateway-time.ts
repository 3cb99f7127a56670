/** What the gateway's wall clock shows, as found out by one question and its answer. */
export interface GatewayTime {
  /** The gateway's wall clock less this machine's monotonic clock, ms. */
  offset: number;
  /** The offset may be wrong by this much either way, ms: nobody knows how the way there and back shared the time. */
  error: number;
}

/**
 * Reckons with one answer (Cristian's algorithm): the gateway wrote its time somewhere between question and answer.
 * @param askedAt monotonic ms at the question
 * @param answeredAt monotonic ms at the answer
 * @param time the gateway's wall clock in the answer, ms since 1970
 */
export function gatewayTime(askedAt: number, answeredAt: number, time: number): GatewayTime {
  const error = (answeredAt - askedAt) / 2;
  return { offset: time - askedAt - error, error };
}
