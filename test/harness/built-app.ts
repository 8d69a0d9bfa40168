import { type App, type AppOptions, startApp } from './app.ts'
import { freePort } from './free-port.ts'

/** Starts a server that a framework has built, which listens on HOST and PORT, and prints lines that are not made for programs. */
export async function startBuiltApp(
  script: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
  preload?: AppOptions['preload'],
): Promise<App> {
  return startApp(script, {
    ...(preload && { preload }),
    args,
    nodeOptions: ['--import', import.meta.resolve('../fixtures/listening.js')],
    env: { PORT: String(await freePort()), HOST: '127.0.0.1', HOSTNAME: '127.0.0.1', ...env },
  })
}
