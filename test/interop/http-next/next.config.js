import { fileURLToPath } from 'node:url'

/** @type {import('next').NextConfig} */
export default {
  output: 'standalone',
  distDir: '.cache/next',
  outputFileTracingRoot: fileURLToPath(new URL('../..', import.meta.url)),
  rewrites: async () => [{ source: '/people/:id', destination: '/users/:id' }],
  redirects: async () => [{ source: '/old', destination: '/', permanent: false }],
}
