export type RouterPreference = 'low' | 'medium' | 'high';

/** A prefix of a router advertisement (RFC 4861 §4.6.2). A time that is absent has no end. */
export interface AdvertisedPrefix {
  prefix: string;
  onLink: boolean;
  /** Hosts make themselves addresses in it (SLAAC). */
  autonomous: boolean;
  validSeconds?: number | undefined;
  preferredSeconds?: number | undefined;
}

/** A more specific route (RFC 4191 §2.3). */
export interface AdvertisedRoute {
  prefix: string;
  preference: RouterPreference | undefined;
  lifetimeSeconds: number | undefined;
}

/** What one router says of itself and of its link (RFC 4861 §4.2); what it leaves open is undefined. */
export interface RouterAdvertisement {
  /** Its link-local address. */
  router: string;
  hopLimit: number | undefined;
  /** M: addresses are to be had by DHCPv6. */
  managed: boolean | undefined;
  /** O: other settings are to be had by DHCPv6. */
  otherConfig: boolean | undefined;
  preference: RouterPreference | undefined;
  /** 0: it is no default router. */
  lifetimeSeconds: number;
  reachableMs: number | undefined;
  retransmitMs: number | undefined;
  mtuBytes: number | undefined;
  prefixes: AdvertisedPrefix[];
  routes: AdvertisedRoute[];
  /** RDNSS (RFC 8106 §5.1). */
  nameServers: { address: string; lifetimeSeconds: number | undefined }[];
  /** DNSSL (RFC 8106 §5.2). */
  searchList: string[];
}

/** An advertisement with where and when it was heard. */
export interface HeardAdvertisement extends RouterAdvertisement {
  interface: string;
  /** Monotonic milliseconds. */
  heardAt: number;
}
