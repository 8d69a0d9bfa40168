import { fileURLToPath } from 'node:url'
import { buildOnce } from '../../harness/build-once.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Builds the app in this folder with `nuxt build`, unless that was done before. Returns the server's script. */
export async function buildServer(): Promise<string> {
  const framework = fileURLToPath(import.meta.resolve('nuxt/package.json'))
  await buildOnce({
    folder: HERE,
    sources: ['nuxt.config.js', '{app,server}/**/*.{js,vue}'],
    framework,
    command: [framework.replace('package.json', 'bin/nuxt.mjs'), 'build'],
    key: '.output/sources',
    env: { NUXT_TELEMETRY_DISABLED: '1' },
  })
  return `${HERE}.output/server/index.mjs`
}
