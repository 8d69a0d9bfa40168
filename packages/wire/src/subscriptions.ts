import diagnostics_channel from 'node:diagnostics_channel'
import { fault } from './guard.ts'

/**
 * Subscribes to diagnostics channels by their names, with guarded subscribers. A subscriber's parameter has the type that
 * Node or undici documents for the channel's messages.
 *
 * @returns a function that unsubscribes from all of them
 */
// biome-ignore lint/suspicious/noExplicitAny: messages are untyped, so each subscriber declares the type of its own
export function subscribeAll(subscribers: Readonly<Record<string, (message: any) => void>>): () => void {
  const guardedSubscribers = Object.entries(subscribers).map(
    ([channel, fn]) => [channel, guardedSubscriber(fn)] as const,
  )
  for (const [channel, subscriber] of guardedSubscribers) diagnostics_channel.subscribe(channel, subscriber)
  return () => {
    for (const [channel, subscriber] of guardedSubscribers) diagnostics_channel.unsubscribe(channel, subscriber)
  }
}

/** Does for a subscriber what `guarded` does for any function, without an array of arguments for each message. */
const guardedSubscriber = (fn: (message: unknown) => void) => (message: unknown) => {
  try {
    fn(message)
  } catch (error) {
    fault(error)
  }
}
