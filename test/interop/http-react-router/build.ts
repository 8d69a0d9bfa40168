import { fileURLToPath } from 'node:url'
import { buildOnce } from '../../harness/build-once.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const PACKAGES = `${HERE}node_modules/@react-router`

/** React Router's own server, which runs what was built. */
export const SERVE = `${PACKAGES}/serve/bin.cjs`

/**
 * Builds the app in this folder with `react-router build`, unless that was done before. Returns the module to serve.
 *
 * @param base React Router's `basename`
 */
export async function buildServer(base = '/'): Promise<string> {
  const out = `.cache/build${base === '/' ? '' : base}`
  await buildOnce({
    folder: HERE,
    sources: ['*.config.js', 'app/**/*.{js,jsx}'],
    framework: `${HERE}node_modules/react-router/package.json`,
    command: [`${PACKAGES}/dev/bin.cjs`, 'build'],
    key: `${out}/sources`,
    env: { OUT: out, BASE: base },
  })
  return `${HERE}${out}/server/index.js`
}
