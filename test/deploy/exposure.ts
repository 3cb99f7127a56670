/** What `systemd-analyze security` may count at most of a unit, of 10; below 2.0 it says OK. */
export const EXPOSURE_MAX = 2.0;
