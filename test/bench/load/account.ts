/** A device that may publish to a stack: where, and as whom; a broker without accounts needs no user name. */
export interface Account {
  site: string;
  device: string;
  username?: string;
  password?: string;
}
