import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the scrape endpoint serves for people, beside the metrics. */
export interface Page {
  /**
   * Responds to a GET or HEAD of one of the page's paths.
   *
   * @param path the path of the request's URL, without its query
   * @returns false if the path is not the page's own; nothing is written then
   */
  respond(path: string, request: IncomingMessage, response: ServerResponse): boolean
}

/** The paths that a page responds to. They are here so that a page need not be loaded to know which are its own. */
export const PAGE_PATHS: ReadonlySet<string> = new Set([
  '/',
  '/page.js',
  '/page.css',
  '/icon.svg',
  '/favicon.ico',
  '/status.json',
])
