import * as linkedRoutes from './linked-routes.ts'

/**
 * Returns what finds the routes of frameworks whose contexts have to be linked to requests. To be called where the app may have one
 * of them: the preload has it in a bundle of its own, which is loaded then.
 */
export const loadLinkedRoutes = (): typeof linkedRoutes => linkedRoutes
