import diagnostics_channel from 'node:diagnostics_channel'
import { guarded } from './guard.ts'

/**
 * Subscribes to diagnostics channels, by their names; what a subscriber throws stays here. Returns what ends it.
 *
 * A subscriber's parameter is what Node, or undici, documents for that channel.
 */
// biome-ignore lint/suspicious/noExplicitAny: a channel's messages are untyped, each subscriber declares its own
export function subscribeAll(subscribers: Readonly<Record<string, (message: any) => void>>): () => void {
  const listeners = Object.entries(subscribers).map(([channel, fn]) => [channel, guarded(fn)] as const)
  for (const [channel, listener] of listeners) diagnostics_channel.subscribe(channel, listener)
  return () => {
    for (const [channel, listener] of listeners) diagnostics_channel.unsubscribe(channel, listener)
  }
}
