import { cpSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildOnce } from '../../harness/build-once.ts'

const APP = fileURLToPath(new URL('./app', import.meta.url))

/** Returns the file of a command of React Router, in the version that a folder has. */
function commandIn(folder: URL, name: 'dev' | 'serve'): string {
  const file = new URL(`node_modules/@react-router/${name}/package.json`, folder)
  const { bin } = JSON.parse(readFileSync(file, 'utf8')) as { bin: Record<string, string> }
  return fileURLToPath(new URL(Object.values(bin)[0] as string, file))
}

/** Returns React Router's own server, which runs what was built. */
export const serverIn = (folder: URL): string => commandIn(folder, 'serve')

/**
 * Builds the app with `react-router build`, in the version that a folder has, unless that was done before. Returns the module to serve.
 *
 * @param base React Router's `basename`
 */
export async function buildServer(folder: URL, base = '/'): Promise<string> {
  const here = fileURLToPath(folder)
  const out = `.cache/build${base === '/' ? '' : base}`
  // What the app imports is looked up from where the app is.
  cpSync(APP, `${here}.cache/app`, { recursive: true })
  await buildOnce({
    folder: here,
    sources: ['*.config.js', '.cache/app/**/*.{js,jsx}'],
    framework: `${here}node_modules/react-router/package.json`,
    command: [commandIn(folder, 'dev'), 'build'],
    key: `${out}/sources`,
    env: { OUT: out, BASE: base },
  })
  return `${here}${out}/server/index.js`
}
