/** The decoders of compressed bodies, in a bundle of their own: the first compressed body needs them, no start does. */
export { BrotliDecompress, Gunzip, Inflate, InflateRaw, ZstdDecompress } from 'minizlib'
