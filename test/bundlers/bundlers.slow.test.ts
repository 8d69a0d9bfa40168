import { whyMissing } from '../bun-and-deno/runtimes.ts'
import { BUNDLERS, bunBuild } from './bundle.ts'
import { checkBundler } from './check-bundler.ts'

for (const [name, bundle] of Object.entries(BUNDLERS)) if (name !== 'esbuild') checkBundler(name, bundle)
checkBundler('bun build', bunBuild, whyMissing('bun'))
