import { excerpt } from './excerpt.ts'

/** Returns a URL, absolute or not, fit to be shown: what stands before its host, and its query, may be secret. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url)
  if (parsed !== null) return excerpt(parsed.origin === 'null' ? parsed.protocol : parsed.origin + parsed.pathname)
  return excerpt(url.replace(/[?#].*$/s, '').replace(/^.*@/s, ''))
}
