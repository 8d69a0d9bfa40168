import { fileURLToPath } from 'node:url'
import { buildOnce } from '../../harness/build-once.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/**
 * Builds the app in this folder with Vite and SvelteKit's adapter for Node.js, unless that was done before. Returns the server's script.
 *
 * @param base SvelteKit's `paths.base`
 */
export async function buildServer(base = ''): Promise<string> {
  const out = `.cache/build${base}`
  await buildOnce({
    folder: HERE,
    sources: ['vite.config.js', 'src/**/*.{html,js,svelte}'],
    framework: fileURLToPath(new URL('node_modules/@sveltejs/kit/package.json', import.meta.url)),
    command: [fileURLToPath(new URL('node_modules/vite/bin/vite.js', import.meta.url)), 'build'],
    key: `${out}/sources`,
    env: { OUT: out, BASE: base },
  })
  return `${HERE}${out}/index.js`
}
