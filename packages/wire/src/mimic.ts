/** Gives a tap the `name` and `length` of the function that it replaces, so that these do not give it away. */
export function mimic(tap: object, original: object): void {
  for (const key of ['name', 'length']) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key)
    if (descriptor) Object.defineProperty(tap, key, descriptor)
  }
}
