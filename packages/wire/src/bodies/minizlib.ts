import { createRequire } from 'node:module'
import type * as Minizlib from 'minizlib'

type Codecs = Pick<typeof Minizlib, 'BrotliDecompress' | 'Gunzip' | 'Inflate' | 'InflateRaw' | 'ZstdDecompress'>

/** Loads minizlib. To be called at the first encoded body, since most processes never see one. */
export const loadMinizlib = (): Codecs => createRequire(import.meta.url)('minizlib')
