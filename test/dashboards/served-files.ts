import { readFile } from 'node:fs/promises'
import type { HTTPRequest } from 'puppeteer-core'

/** Where the page that draws has its files. Nothing is sent there: every request of the page is answered from here. */
export const ORIGIN = 'http://grafana.invalid'

const PANELS = new URL('panels/', import.meta.url)
const FONTS = 'node_modules/@fontsource'

/** The files of the page, and the fonts of Grafana's components, which load them from where Grafana serves them. */
const FILES: readonly { readonly path: RegExp; readonly file: string; readonly contentType: string }[] = [
  { path: /^\/$/, file: 'index.html', contentType: 'text/html' },
  { path: /^\/dist\/main\.js$/, file: 'dist/main.js', contentType: 'text/javascript' },
  { path: /^\/dist\/main\.css$/, file: 'dist/main.css', contentType: 'text/css' },
  {
    path: /\/fonts\/inter\/Inter-Regular/,
    file: `${FONTS}/inter/files/inter-latin-400-normal.woff2`,
    contentType: 'font/woff2',
  },
  {
    path: /\/fonts\/inter\/Inter-Medium/,
    file: `${FONTS}/inter/files/inter-latin-500-normal.woff2`,
    contentType: 'font/woff2',
  },
  {
    path: /\/fonts\/roboto\//,
    file: `${FONTS}/roboto-mono/files/roboto-mono-latin-400-normal.woff2`,
    contentType: 'font/woff2',
  },
]

/** Grafana's icons are not among its packages on npm. This one shows how a table is sorted. */
const ICONS: Readonly<Record<string, string>> = {
  'arrow-down': '<path d="M11 4h2v12l5-5 1.4 1.4L12 20l-7.4-7.6L6 11l5 5z"/>',
  'arrow-up': '<path d="M13 20h-2V8l-5 5-1.4-1.4L12 4l7.4 7.6L18 13l-5-5z"/>',
}

/** Responds to a request of the page. */
export async function serve(request: HTTPRequest): Promise<void> {
  const { pathname } = new URL(request.url())
  const found = FILES.find(({ path }) => path.test(pathname))
  const [, icon] = /\/img\/icons\/.*\/([\w-]+)\.svg$/.exec(pathname) ?? []
  if (found !== undefined) {
    const { file, contentType } = found
    await request.respond({ contentType, body: await readFile(new URL(file, PANELS)) })
  } else if (icon !== undefined) {
    const body = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${ICONS[icon] ?? ''}</svg>`
    await request.respond({ contentType: 'image/svg+xml', body })
  } else {
    await request.respond({ status: 404 })
  }
}
