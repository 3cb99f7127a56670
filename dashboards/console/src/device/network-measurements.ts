/** What the panels about the network show; each appears when the device reports it. */
export const networkMeasurements = [
  'path',
  'wifi',
  'cellular',
  'ipv6_router',
  'ipv6_target',
  'ipv6_dns',
  'resolver',
  'lease',
] as const;
