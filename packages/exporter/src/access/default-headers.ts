/**
 * The headers of every response, unless the operator sets others. The endpoint's text is no page: a browser that is led
 * to it must not guess another type, run anything of it, show it in a frame or keep it.
 */
export const DEFAULT_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
