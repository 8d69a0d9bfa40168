/**
 * The script of the page. It scrapes the metrics as Prometheus does, so that there is one truth, and sums them in the
 * browser: nothing is computed in the app for it.
 *
 * @module
 */

import type { Families } from '../../reading/family.ts'
import { age, clock, seconds } from '../../reading/format.ts'
import type { Status } from '../status.ts'
import { BoundsView } from './bounds-view.ts'
import { byId, setText } from './elements.ts'
import { showEmptyFamilies } from './empty-families-view.ts'
import { FamiliesView } from './families-view.ts'
import { fetchMetrics, fetchStatus } from './fetching.ts'
import { History } from './history.ts'
import { PanelView } from './panel-view.ts'
import { PANELS } from './panels/index.ts'
import { delayAfter, explain, ResponseError, retryDelay } from './polling.ts'
import { StatusView } from './status-view.ts'

const history = new History([
  ...new Set(Object.values(PANELS).flatMap((panels) => panels.flatMap(({ queries }) => queries))),
])
const sections = Object.entries(PANELS).map(([id, panels]) => {
  const section = byId(id)
  const views = panels.map((panel) => new PanelView(panel))
  section.querySelector('.cards')?.append(...views.map(({ element }) => element))
  return { section, views }
})
const statusView = new StatusView()
const boundsView = new BoundsView()
const familiesView = new FamiliesView()

let timer: ReturnType<typeof setTimeout> | undefined
let failures = 0
let isPaused = false
let isFetching = false

function show(families: Families, status: Status): void {
  for (const { section, views } of sections) {
    const shown = views.map((view) => view.update(history, families))
    section.hidden = !shown.includes(true)
  }
  statusView.update(status)
  boundsView.update(families, status.processes.length)
  familiesView.update(families)
  showEmptyFamilies(families)
  document.body.classList.remove('loading')
}

/** Fetches the metrics and the status, and shows them. One fetch is under way at a time. */
async function refresh(): Promise<void> {
  if (isFetching) return
  isFetching = true
  const begun = performance.now()
  const fetched = await Promise.all([fetchMetrics(), fetchStatus()]).catch((error: unknown) => onFailure(error))
  isFetching = false
  if (fetched === undefined) return
  const [families, status] = fetched
  const tookMs = performance.now() - begun
  failures = 0
  setState(isPaused ? 'paused' : 'live')
  schedule(delayAfter(tookMs))
  const next = `the next comes after ${age(delayAfter(tookMs))}`
  setText(byId('took'), `The last scrape by this page took ${seconds(tookMs / 1000)}; ${next}.`)
  history.add(begun, families)
  show(families, status)
}

function onFailure(error: unknown): undefined {
  if (isPaused) return
  failures++
  const delay = retryDelay(failures, error instanceof ResponseError ? error.retryAfterSeconds : 0)
  setState('failing')
  setText(byId('trouble-text'), explain(error))
  const isEmpty = document.body.classList.contains('loading')
  const rest = isEmpty ? '' : ' What is below is as of the last response.'
  setText(byId('retry'), `Next attempt at ${clock(Date.now() + delay)}.${rest}`)
  schedule(delay)
}

function schedule(delayMs: number): void {
  clearTimeout(timer)
  if (isPaused || document.hidden) return
  timer = setTimeout(refresh, delayMs)
}

const STATES = { live: 'Live', failing: 'Failing', paused: 'Paused' } as const

function setState(state: keyof typeof STATES): void {
  document.body.dataset.state = state
  setText(byId('state'), STATES[state])
  byId('trouble').hidden = state !== 'failing'
}

byId('pause').addEventListener('click', () => {
  isPaused = !isPaused
  setText(byId('pause'), isPaused ? 'Resume' : 'Pause')
  clearTimeout(timer)
  if (isPaused) setState('paused')
  else void refresh()
})

// A page in a hidden tab costs the app nothing.
document.addEventListener('visibilitychange', () => {
  clearTimeout(timer)
  if (!document.hidden && !isPaused) void refresh()
})

void refresh()
