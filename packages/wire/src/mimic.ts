/** Gives a function that stands in another's place that one's name and length. */
export function disguise(tap: object, original: object): void {
  for (const key of ['name', 'length']) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key)
    if (descriptor) Object.defineProperty(tap, key, descriptor)
  }
}
