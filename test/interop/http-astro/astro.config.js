import node from '@astrojs/node'

export default {
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  base: process.env.BASE,
  outDir: process.env.OUT,
}
