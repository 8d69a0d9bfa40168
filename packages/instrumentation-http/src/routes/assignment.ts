/**
 * Calls back when a property is assigned for the first time to an object that inherits from a prototype. A setter on the
 * prototype defines the same property that the assignment would have created, so that an app sees no difference in the object
 * or in its keys. No function of the framework is replaced, so none more stands in a stack trace. Class fields are defined,
 * and not assigned, so they are not observed.
 *
 * @param onAssigned may throw, which has no effect
 */
export function observeAssignment<T extends object>(
  prototype: object,
  key: PropertyKey,
  onAssigned: (object: T, value: unknown) => void,
): void {
  if (Object.hasOwn(prototype, key)) return
  Object.defineProperty(prototype, key, {
    configurable: true,
    set(this: T, value: unknown) {
      Object.defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true })
      try {
        onAssigned(this, value)
      } catch {
        // The objects are the frameworks', and their versions differ: the route of this request is unknown.
      }
    },
  })
}
