import { age, bytes, count, moment, seconds } from '../../reading/format.ts'
import type { OtlpStatus, ProcessStatus, Status } from '../status.ts'
import { byId, cut, setForeignText, setText } from './elements.ts'
import { endpointUrl } from './fetching.ts'
import type { Row } from './panel.ts'
import { scrapeConfig } from './scrape-config.ts'
import { TableView } from './table-view.ts'

type Scrape = Status['scrapes'][number]

/** The user agents of browsers begin like this. A person who reads the metrics, on this page or without it, is not a scraper. */
const BROWSER = /^Mozilla\//

/** Shows what `/status.json` has: the processes, the scrapers and the exporters. */
export class StatusView {
  readonly #processes = new TableView('Processes')
  readonly #scrapers = new TableView('Scrapers')
  readonly #exporters = new TableView('Exporters')

  constructor() {
    byId('processes').append(this.#processes.element)
    byId('scrapers').append(this.#scrapers.element)
    byId('exporters').append(this.#exporters.element)
    byId('copy').addEventListener('click', () => void copyConfig())
  }

  update(status: Status): void {
    const { gateway, version, node, nowMs, processes, scrapes, otlp } = status
    const scrapers = scrapes.filter(({ userAgent }) => !BROWSER.test(userAgent)).sort((a, b) => b.timeMs - a.timeMs)
    const started = Math.min(...processes.flatMap(({ startedMs }) => startedMs ?? []))
    document.title = `${withoutControls(cut(gateway))} – agentgateway-otel`
    setForeignText(byId('gateway'), gateway)
    setText(byId('version'), version)
    setText(byId('node'), node.replace(/^v/, ''))
    setText(byId('since'), Number.isFinite(started) ? age(nowMs - started) : '–')
    byId('since').title = Number.isFinite(started) ? moment(started, nowMs) : ''
    setText(byId('process-count'), processes.length === 1 ? `1 (pid ${processes[0]?.pid})` : count(processes.length))
    setText(byId('last-scrape'), scrapers[0] === undefined ? 'never' : describeScrape(scrapers[0], nowMs))
    setText(byId('otlp'), otlp?.lastExport?.error === undefined ? describeExport(otlp, nowMs) : 'failing')
    byId('otlp').classList.toggle('bad', otlp?.lastExport?.error !== undefined)

    this.#processes.update({
      columns: ['Process', 'Script', 'Role', 'Started'],
      rows: processes.map((process) => processRow(process, nowMs)),
    })
    byId('no-scraper').hidden = scrapers.length > 0
    byId('scrapers').hidden = scrapers.length === 0
    setText(byId('config'), scrapeConfig(gateway, location))
    this.#scrapers.update({
      columns: ['Client', 'Address', 'Last scrape', 'Took', 'Sent', 'Status'],
      rows: scrapers.map((scrape) => scrapeRow(scrape, nowMs)),
    })
    this.#exporters.update({
      columns: ['Exporter', 'Where', 'Last result'],
      rows: [
        {
          names: ['Prometheus', endpointUrl('metrics'), describeScrape(scrapers[0], nowMs)],
          cells: [],
        },
        {
          names: ['OTLP', otlp?.url ?? 'OTEL_EXPORTER_OTLP_ENDPOINT is not set', describeExport(otlp, nowMs)],
          cells: [],
        },
      ],
    })
  }
}

const ago = (timeMs: number, nowMs: number) => `${age(nowMs - timeMs)} ago`

function processRow({ pid, threadId, entry, startedMs, role }: ProcessStatus, nowMs: number): Row {
  const name = threadId === 0 ? String(pid) : `${pid}, thread ${threadId}`
  return {
    names: [name, entry, role ?? 'alone'],
    cells: [startedMs === undefined ? '–' : moment(startedMs, nowMs)],
  }
}

const scrapeRow = (scrape: Scrape, nowMs: number): Row => ({
  names: [scrape.userAgent || 'unnamed', scrape.client],
  cells: [ago(scrape.timeMs, nowMs), seconds(scrape.durationMs / 1000), bytes(scrape.bytes), String(scrape.status)],
})

function describeScrape(scrape: Scrape | undefined, nowMs: number): string {
  if (scrape === undefined) return 'never scraped'
  const failure = scrape.status === 200 ? '' : `, with status ${scrape.status}`
  return `${ago(scrape.timeMs, nowMs)}, took ${seconds(scrape.durationMs / 1000)}${failure}`
}

function describeExport(otlp: OtlpStatus | undefined, nowMs: number): string {
  if (otlp === undefined) return 'off'
  const { lastExport, lastSuccessMs, intervalMs } = otlp
  if (lastExport === undefined) return `nothing sent yet; every ${age(intervalMs)}`
  if (lastExport.error === undefined) return `sent ${ago(lastExport.timeMs, nowMs)}`
  const success = lastSuccessMs === undefined ? 'never succeeded' : `last succeeded ${ago(lastSuccessMs, nowMs)}`
  return `failed ${ago(lastExport.timeMs, nowMs)}: ${cut(lastExport.error)}; ${success}`
}

/** A title is shown by the browser, outside of the page, where nothing isolates characters that turn its direction. */
const withoutControls = (text: string) => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ')

async function copyConfig(): Promise<void> {
  const button = byId('copy')
  try {
    await navigator.clipboard.writeText(byId('config').textContent ?? '')
    setText(button, 'Copied')
  } catch {
    // Browsers let only pages of this machine, or over TLS, write to the clipboard.
    getSelection()?.selectAllChildren(byId('config'))
    setText(button, 'Selected: now copy it')
  }
}
