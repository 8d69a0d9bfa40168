/**
 * Shadows a method of one object by an own property, which is not enumerable unless the object had an enumerable one.
 *
 * @returns a function that restores the object, unless the app has replaced the property in the meantime
 */
export function shadow(target: object, name: string, value: (...args: never[]) => unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name)
  Object.defineProperty(target, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? false,
  })
  return () => {
    if (Object.getOwnPropertyDescriptor(target, name)?.value !== value) return
    if (own) Object.defineProperty(target, name, own)
    else Reflect.deleteProperty(target, name)
  }
}
