/** True for a name that the gateway has masked, as in `张*` and `user:w*`. `*` alone stands for many. */
export function isMasked(name: string | null | undefined): boolean {
  return /[^:]\*$/.test(name ?? '');
}
