import { type App, type AppOptions, startApp } from '../harness/app.ts'

/** What an app measured since it was asked last. */
export interface Measured {
  /** The most CPU time that the main thread took between two ticks of a 1 ms timer: how long the event loop was held. */
  readonly heldMs: number
  /** The heap and the buffers, after a garbage collection. */
  readonly memoryBytes: number
  readonly residentBytes: number
}

export interface MeasuredApp {
  readonly app: App
  /** The URL of the metrics, of which there are some 20,000 lines. */
  readonly url: string
  readonly port: number
  measure(): Promise<Measured>
}

/** Starts an app that measures its event loop. */
export async function startMeasuredApp(options: AppOptions = {}): Promise<MeasuredApp> {
  const app = await startApp(new URL('apps/measures-its-loop.mjs', import.meta.url), {
    nodeOptions: ['--expose-gc'],
    ...options,
  })
  const [url] = await app.line(/http:\/\/\S+\/metrics/, 'stderr')
  let count = 0
  return {
    app,
    url,
    port: Number(new URL(url).port),
    async measure() {
      app.writeLine('')
      const [, text = ''] = await app.line(new RegExp(`^measured ${++count} (.*)$`))
      return JSON.parse(text)
    },
  }
}
