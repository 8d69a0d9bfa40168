/** A bundle of its own: the first encoded body needs it, no start does. */
export { BrotliDecompress, Gunzip, Inflate, InflateRaw, ZstdDecompress } from 'minizlib'
