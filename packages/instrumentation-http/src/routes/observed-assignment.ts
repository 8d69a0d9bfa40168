import { PrivateSlot } from '@agentgateway-otel/wire'

/**
 * Puts a setter on a prototype of a framework's, under a property that the framework assigns once to each object of that prototype. The
 * setter defines on the object the same property that the assignment would have created, so that an app sees no difference in an
 * object or in its keys.
 *
 * @param onAssigned gets the object, which has the property by then, and the value
 */
export function observeAssignment(
  prototype: object,
  key: PropertyKey,
  onAssigned: (object: object, value: unknown) => void,
): void {
  const assign = createAssignment(key)
  Object.defineProperty(prototype, key, {
    configurable: true,
    set(this: object, value: unknown) {
      assign(this, value)
      try {
        onAssigned(this, value)
      } catch {
        // The objects are the framework's, and its versions differ: the route is then unknown, and the framework goes on.
      }
    },
  })
}

/**
 * Creates a function that gives an object the property that an assignment would give it if there were no setter. The property is a
 * field of a class, like those of a `PrivateSlot`: defining it takes a fraction of the time of `Object.defineProperty`.
 */
function createAssignment(key: PropertyKey): (object: object, value: unknown) => void {
  let assigned: unknown
  class Assignment extends PrivateSlot {
    [key] = assigned
  }
  return (object, value) => {
    assigned = value
    new Assignment(object)
    assigned = undefined
  }
}
