import { BUNDLERS } from './bundle.ts'
import { checkBundler } from './check-bundler.ts'

for (const name of Object.keys(BUNDLERS)) if (name !== 'esbuild') checkBundler(name)
