import { cp } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { buildOnce } from '../../harness/build-once.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const STANDALONE = `${HERE}.cache/next/standalone/interop/http-next`

/**
 * Builds the app in this folder with `output: 'standalone'`, unless that was done before. Returns the server's script.
 */
export async function buildStandalone(): Promise<string> {
  const isNew = await buildOnce({
    folder: HERE,
    sources: ['next.config.js', '{app,pages,public}/**/*.{js,txt}'],
    framework: fileURLToPath(import.meta.resolve('next/package.json')),
    command: [fileURLToPath(import.meta.resolve('next/dist/bin/next')), 'build'],
    key: '.cache/next/sources',
    env: { NEXT_TELEMETRY_DISABLED: '1' },
  })
  if (isNew) await cp(`${HERE}public`, `${STANDALONE}/public`, { recursive: true })
  return `${STANDALONE}/server.js`
}
