import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { PAGE_PATHS, type Page } from './page.ts'
import type { Status } from './status.ts'

export interface PageOptions {
  /** Reads one of the page's files: `page.html`, `page.js`, `page.css` or `icon.svg`. */
  readonly readFile: (name: string) => Buffer
  readonly status: () => Status
}

interface StaticFile {
  readonly content: Buffer
  readonly etag: string
}

const FILES: Readonly<Record<string, readonly [name: string, contentType: string]>> = {
  '/': ['page.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
  '/favicon.ico': ['icon.svg', 'image/svg+xml'],
}

/**
 * The page shows values that come from the app's clients, so the browser is told to run this endpoint's own script and
 * nothing else, whatever those values are.
 */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/** Creates the page for people, with its files and its status. A file is read when it is first requested. */
export function createPage({ readFile, status }: PageOptions): Page {
  const files = new Map<string, StaticFile>()

  function fileOf(name: string): StaticFile {
    const known = files.get(name)
    if (known !== undefined) return known
    const content = readFile(name)
    const file = { content, etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"` }
    files.set(name, file)
    return file
  }

  function respond(path: string, request: IncomingMessage, response: ServerResponse): void {
    const file = FILES[path]
    if (file === undefined) {
      const body = Buffer.from(JSON.stringify(status()))
      const headers = { 'content-type': 'application/json', 'content-length': body.length, 'cache-control': 'no-store' }
      response.writeHead(200, { ...HEADERS, ...headers }).end(body)
      return
    }
    const [name, contentType] = file
    const { content, etag } = fileOf(name)
    const headers = { ...HEADERS, etag, 'cache-control': 'no-cache' }
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers).end()
      return
    }
    response.writeHead(200, { ...headers, 'content-type': contentType, 'content-length': content.length }).end(content)
  }

  return {
    respond(path, request, response) {
      if (!PAGE_PATHS.has(path)) return false
      respond(path, request, response)
      return true
    },
  }
}
