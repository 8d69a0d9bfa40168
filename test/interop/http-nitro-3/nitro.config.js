export default {
  compatibilityDate: '2026-01-01',
  preset: 'node_server',
  publicAssets: [{ dir: 'public' }],
  routeRules: { '/old': { redirect: '/' }, '/cached/**': { cache: { maxAge: 60 } } },
  errorHandler: './error.js',
}
