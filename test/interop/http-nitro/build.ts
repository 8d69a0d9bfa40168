import { fileURLToPath } from 'node:url'
import { buildOnce } from '../../harness/build-once.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Builds the app in this folder with `nitropack build`, unless that was done before. Returns the server's script. */
export async function buildServer(): Promise<string> {
  const framework = fileURLToPath(import.meta.resolve('nitropack/package.json'))
  await buildOnce({
    folder: HERE,
    sources: ['nitro.config.js', 'error.js', '{api,middleware,public,routes}/**/*.{js,txt}'],
    framework,
    command: [framework.replace('package.json', 'dist/cli/index.mjs'), 'build'],
    key: '.output/sources',
  })
  return `${HERE}.output/server/index.mjs`
}
