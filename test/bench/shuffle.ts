/** Returns the items in an order that is drawn anew each time; each order is as likely as any other. */
export function shuffle<T>(items: readonly T[]): readonly T[] {
  const shuffled = [...items]
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T]
  }
  return shuffled
}
