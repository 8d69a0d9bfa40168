import * as routes from './routes.ts'

/**
 * Returns what finds the routes of Express. To be called at the first request that Express got: the preload has it in a
 * bundle of its own, which is loaded then.
 */
export const loadRoutes = (): typeof routes => routes
