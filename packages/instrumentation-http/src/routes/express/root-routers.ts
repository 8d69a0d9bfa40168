import type { Router } from './app.ts'
import { isPartOfOther, treeOf } from './tree.ts'

/** How many routers are looked through for one route. An app with more of them may create one for each request. */
const MAX_ROOTS = 50

let roots: readonly WeakRef<Router>[] = []
/** The called routers that were looked at, and how many there were. */
let seen: readonly WeakRef<Router>[] = []
let seenCount = 0

/**
 * Returns the routers that functions have called: those that are in no app, and in no other router. None if they are too many.
 *
 * @param called all routers that have been called so far
 */
export function rootRouters(called: readonly WeakRef<Router>[]): readonly Router[] {
  if (seen !== called || seenCount !== called.length) {
    const added = called.slice(seen === called ? seenCount : 0)
    roots = [...(seen === called ? roots : []), ...added].filter(isRoot)
    seen = called
    seenCount = called.length
  }
  return roots.length > MAX_ROOTS ? [] : roots.flatMap((root) => (isRoot(root) ? (root.deref() ?? []) : []))
}

/** Returns whether a router still exists, and is in no app and no other router. To know which routers are in it, its tree is built. */
function isRoot(reference: WeakRef<Router>): boolean {
  const router = reference.deref()
  if (router === undefined || isPartOfOther(router)) return false
  treeOf(router)
  return true
}
