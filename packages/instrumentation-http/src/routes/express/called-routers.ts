import { PrivateSlot } from '@agentgateway-otel/wire'
import type { Router } from './app.ts'

/** How many routers are remembered at a time. With more of them, it is not known which one a request came through. */
const MAX_ROUTERS = 1000

/** The function that a router calls on itself for each request that it gets. It is a property of the prototype of all routers of one copy. */
const HANDLE = 'handle'

let called: WeakRef<Router>[] = []
const NONE: readonly WeakRef<Router>[] = []

/**
 * Returns the routers that have been called so far: those of apps, those in them, and those that no app has. None if they are too many.
 * The array grows as further routers are called, and a new one replaces it when those are dropped that no longer exist.
 */
export const calledRouters = (): readonly WeakRef<Router>[] => (called.length > MAX_ROUTERS ? NONE : called)

class CalledRouter extends PrivateSlot {
  readonly #isCalled = true

  static isCalled(router: object): boolean {
    return #isCalled in router && router.#isCalled
  }
}

/**
 * Observes which routers are called, of one copy of Express 4 or of the package router: nothing leads from a request to a router that
 * no app has. A getter takes the place of the property `handle`, and returns what it was.
 *
 * @param prototype the prototype of the routers; anything else is left as it is
 */
export function observeRouters(prototype: object): void {
  const { value, enumerable = false, configurable, writable } = Object.getOwnPropertyDescriptor(prototype, HANDLE) ?? {}
  if (typeof value !== 'function' || !Object.hasOwn(prototype, 'route') || !configurable || !writable) return
  Object.defineProperty(prototype, HANDLE, {
    enumerable,
    configurable,
    get(this: object) {
      try {
        if (!CalledRouter.isCalled(this)) remember(this)
      } catch {
        // The app may read the function from anything that inherits it, such as a proxy whose traps throw.
      }
      return value
    },
    set(this: object, replaced: unknown) {
      Object.defineProperty(this, HANDLE, { value: replaced, enumerable: true, configurable: true, writable: true })
    },
  })
}

function remember(router: object): void {
  new CalledRouter(router)
  if (!Array.isArray((router as Partial<Router>).stack) || called.length > MAX_ROUTERS) return
  if (called.length === MAX_ROUTERS) called = called.filter((reference) => reference.deref() !== undefined)
  called.push(new WeakRef(router as Router))
}
