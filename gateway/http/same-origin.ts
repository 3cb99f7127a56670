export interface OriginHeaders {
  host?: string | undefined;
  origin?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
}

const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** True when a request of this method may change something (RFC 9110 §9.2.1). */
export function mayChange(method: string): boolean {
  return !safeMethods.includes(method);
}

/**
 * False for a request that a page of another origin made a browser send. Browsers tell by Sec-Fetch-Site (W3C Fetch Metadata §2.4), on
 * plain HTTP and in older ones by Origin (RFC 6454 §7.3), which every one of them sends with a request that may change something.
 * A request with neither was made by no page.
 */
export function isSameOrigin(headers: OriginHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host?.toLowerCase();
}
