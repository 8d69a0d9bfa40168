import { fileURLToPath } from 'node:url'
import { buildOnce } from '../../harness/build-once.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/**
 * Builds the app in this folder with `astro build`, unless that was done before. Returns the server's script.
 *
 * @param base Astro's `base`
 */
export async function buildServer(base = '/'): Promise<string> {
  const out = `.cache/build${base === '/' ? '' : base}`
  await buildOnce({
    folder: HERE,
    sources: ['astro.config.js', 'src/**/*.{astro,js}'],
    framework: fileURLToPath(new URL('node_modules/astro/package.json', import.meta.url)),
    command: [fileURLToPath(new URL('node_modules/astro/bin/astro.mjs', import.meta.url)), 'build'],
    key: `${out}/sources`,
    env: { OUT: `./${out}`, BASE: base, ASTRO_TELEMETRY_DISABLED: '1' },
  })
  return `${HERE}${out}/server/entry.mjs`
}
