import type { Browser, HTTPRequest, Page, ResponseForRequest } from 'puppeteer-core'
import type { App } from '../harness/app.ts'
import { until } from '../harness/until.ts'

/** A response in place of the endpoint's own; undefined for the endpoint's. */
export type Replacement = (request: HTTPRequest) => Partial<ResponseForRequest> | undefined

/** The page, opened in a browser. */
export interface OpenedPage {
  readonly page: Page
  /** What went wrong in the browser: errors of the script, lines of the console, and what the policy has forbidden. */
  readonly problems: readonly string[]
  /** How often the metrics have been fetched. */
  scrapes(): number
  /** Waits until the page has shown what it fetched after this call. */
  refreshed(): Promise<void>
  /** The rows of the table in this card, each a list of texts. */
  rows(card: string): Promise<readonly (readonly string[])[]>
  /** The text of an element. */
  text(selector: string): Promise<string>
  /** Whether the element is there to be seen. */
  isShown(selector: string): Promise<boolean>
}

/** Returns the URL of an app's metrics, which its line on stderr has. */
export function metricsUrlOf(app: App): string {
  const [url] = /https?:\S+\/metrics/.exec(app.stderr()) ?? []
  if (url === undefined) throw new Error(app.stderr())
  return url
}

/** Opens the page of the endpoint whose metrics are at this URL, which may have a user and a password. */
export async function openPage(browser: Browser, metricsUrl: string, replace?: Replacement): Promise<OpenedPage> {
  const page = await browser.newPage()
  const fetched = new URL(metricsUrl)
  fetched.username = fetched.password = ''
  const problems: string[] = []
  let scrapes = 0
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`))
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (request.url() === fetched.href) scrapes++
    if (new URL(request.url()).origin !== fetched.origin) problems.push(`fetched ${request.url()}`)
    if (replace === undefined) return
    const response = replace(request)
    void (response === undefined ? request.continue() : request.respond(response))
  })
  if (replace !== undefined) await page.setRequestInterception(true)
  await page.evaluateOnNewDocument(`
    globalThis.violations = []
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      violations.push(violatedDirective + ' ' + blockedURI)
    })`)
  await page.setViewport({ width: 1280, height: 900 })
  await page.goto(new URL('.', metricsUrl).href)

  const evaluate = <T>(expression: string) => page.evaluate(expression) as Promise<T>
  return {
    page,
    problems,
    scrapes: () => scrapes,
    async refreshed() {
      const before = scrapes
      await until(
        async () => {
          // The page fetches at once when it is seen again. It does not begin before it has shown the last fetch, and the
          // first of these two may be under way already.
          await evaluate("document.dispatchEvent(new Event('visibilitychange'))")
          return scrapes >= before + 2 ? true : undefined
        },
        () => `the page has fetched ${scrapes - before} times\n${problems.join('\n')}`,
      )
      problems.push(...(await evaluate<string[]>('violations.splice(0)')))
    },
    rows: (card) =>
      evaluate(
        `[...document.querySelectorAll('#${card} tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))`,
      ),
    text: (selector) => evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`),
    isShown: (selector) => evaluate(`document.querySelector(${JSON.stringify(selector)}).checkVisibility()`),
  }
}
