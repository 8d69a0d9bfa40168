/**
 * Replaces Node's module `fs` in the resource detectors, which read a few small files of the system. The app would see
 * their asynchronous reads: in `async_hooks`, by its own `fs.promises`, and in that it ends later.
 *
 * @module
 */
import { unpatchedFs } from '@agentgateway-otel/processes'

type ReadOptions = BufferEncoding | { readonly encoding: BufferEncoding }

export function readFile(path: string, options: ReadOptions, callback: (error: unknown, text?: string) => void): void {
  let text: string
  try {
    text = unpatchedFs.readFileSync(path, options)
  } catch (error) {
    callback(error)
    return
  }
  callback(null, text)
}

export const promises = {
  readFile: async (path: string, options: ReadOptions): Promise<string> => unpatchedFs.readFileSync(path, options),
}
