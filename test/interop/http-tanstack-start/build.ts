import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildOnce } from '../../harness/build-once.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

export interface StartBuild {
  /** What the app's pages are rendered with. Default: `react`. */
  readonly framework?: 'react' | 'solid'
  /** Whether Nitro builds a server around the app's handler. Default: false. */
  readonly nitro?: boolean
  /** Vite's `base`, below which the app is. Default: none. */
  readonly base?: string
}

/**
 * Builds the app in this folder with `vite build`, unless that was done before. Returns the server's script, or without Nitro the
 * module that has the app's handler.
 */
export async function buildServer({ framework = 'react', nitro = false, base = '/' }: StartBuild): Promise<string> {
  const root = `.cache/${framework}${nitro ? '-nitro' : ''}${base === '/' ? '' : base.replace('/', '-')}`
  // The build writes to the app's sources, which are those of the app with React.
  cpSync(`${HERE}src`, `${HERE}${root}/src`, { recursive: true })
  for (const file of globSync(`${root}/src/**/*.{js,jsx}`, { cwd: HERE })) {
    writeFileSync(
      HERE + file,
      readFileSync(HERE + file, 'utf8').replaceAll('@tanstack/react-', `@tanstack/${framework}-`),
    )
  }
  await buildOnce({
    folder: HERE,
    sources: ['vite.config.js', 'src/**/*.{js,jsx}'],
    framework: `${HERE}node_modules/@tanstack/${framework}-start/package.json`,
    command: [`${HERE}node_modules/vite/bin/vite.js`, 'build'],
    key: `${root}/sources`,
    env: { ROOT: root, BASE: base, FRAMEWORK: framework, ...(nitro && { NITRO: '1' }) },
  })
  return HERE + root + (nitro ? '/.output/server/index.mjs' : '/dist/server/server.js')
}
