/** Rules of the alerts that the gateway raises about itself; all others are the flows'. */

/** The spool takes no messages: nothing is acknowledged, devices keep their data, and their silence means nothing. */
export const SPOOL_BLOCKED = 'spool-blocked';

/** A store takes nothing for minutes: data wait in the spool. The alert's subject names the store. */
export const STORE_AWAY = 'store-away';
