import type { Server } from 'node:net'
import type { WireObserver } from './exchange.ts'
export function observe(_observer: WireObserver): () => void {
  return () => {}
}
export function ignoreServer(_server: Server): void {}
