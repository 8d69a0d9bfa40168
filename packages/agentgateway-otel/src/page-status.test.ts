import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Identity } from '@agentgateway-otel/processes'
import { pageStatus, type StatusSources } from './page-status.ts'

const SOURCES: StatusSources = {
  gateway: 'shop',
  origin: { service: 'shop', cwd: '/srv/shop', entry: '/srv/shop/dist/app.js' },
  processes: () => undefined,
  scrapes: () => [],
  otlp: undefined,
  otlpExports: {},
}
const identity = (pid: number, cwd: string, entry: string, threadId = 0): Identity => ({
  ...{ id: `${pid}-${threadId}`, pid, threadId, startedMs: 1000 * pid, cwd, entry, ancestors: [] },
})

describe('the status of the page', () => {
  it('has this process where there is no other', () => {
    const { gateway, processes, otlp, node } = pageStatus(SOURCES)()
    assert.deepEqual([gateway, otlp, node], ['shop', undefined, process.version])
    assert.equal(processes.length, 1)
    const [{ pid, threadId, entry, role, startedMs = 0 } = assert.fail()] = processes
    assert.deepEqual([pid, threadId, entry, role], [process.pid, 0, 'dist/app.js', undefined])
    assert.ok(Math.abs(startedMs - performance.timeOrigin) <= 1)
  })

  it('has the leader first, and no folder that is not the app’s', () => {
    const processes = () => [
      identity(1, '/srv/shop', '/srv/shop/app.js'),
      identity(1, '/srv/shop', '/srv/shop/app.js', 2),
      identity(2, '/srv/shop', '/usr/lib/private/worker.js'),
      identity(3, '/srv/shop', ''),
    ]
    assert.deepEqual(
      pageStatus({ ...SOURCES, processes })().processes.map(({ entry, role }) => [entry, role]),
      [
        ['app.js', 'leader'],
        ['app.js', 'follower'],
        ['worker.js', 'follower'],
        ['no script', 'follower'],
      ],
    )
  })

  it('has where OTLP goes, and the last export', () => {
    const last = { timeMs: 5, error: 'the collector responded with 401' }
    const status = pageStatus({
      ...SOURCES,
      otlp: { intervalMs: 60_000 },
      otlpExports: { url: 'https://collector:4318/v1/metrics', last },
    })()
    assert.deepEqual(status.otlp, {
      url: 'https://collector:4318/v1/metrics',
      intervalMs: 60_000,
      lastExport: last,
      lastSuccessMs: undefined,
    })
  })
})
