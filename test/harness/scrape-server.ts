import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { startProcess } from './process.ts'
import { createQueryApi, type QueryApi } from './query-api.ts'
import { until } from './until.ts'

/** A server that scrapes apps and stores what it gets. */
export interface ScrapeServer extends QueryApi {
  readonly url: string
  /** What the server has logged so far. */
  log(): string
  stop(): Promise<void>
}

export interface ScrapeServerOptions {
  /** The text of its configuration, which is that of Prometheus. */
  readonly config: string
  readonly command: string
  /** The path that responds with 200 when the server is ready. */
  readonly readyPath: string
  /** @param files where its configuration is, and where its data may be @param address for it to listen at */
  args(files: { readonly config: string; readonly data: string }, address: string): readonly string[]
}

/**
 * Starts a server on a free port of the loopback interface, with storage of its own, and waits until it is ready.
 */
export async function startScrapeServer(options: ScrapeServerOptions): Promise<ScrapeServer> {
  const { config, command, readyPath, args } = options
  const directory = await mkdtemp(join(tmpdir(), 'scrape-server-'))
  const files = { config: join(directory, 'config.yml'), data: join(directory, 'data') }
  await writeFile(files.config, config)
  const address = `127.0.0.1:${await freePort()}`
  const url = `http://${address}`
  const running = startProcess(command, args(files, address), { env: process.env, stdin: 'ignore', stdout: 'ignore' })

  async function stop(): Promise<void> {
    await running.stop()
    await rm(directory, { recursive: true, force: true })
  }

  try {
    await until(
      async () => {
        if (running.child.exitCode !== null) throw new Error(`${command} did not start:\n${running.stderr()}`)
        const response = await fetch(`${url}${readyPath}`).catch(() => undefined)
        await response?.arrayBuffer()
        return response?.ok || undefined
      },
      () => `${command} is ready\n${running.stderr()}`,
      50,
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { url, ...createQueryApi(url), log: () => running.stderr(), stop }
}
