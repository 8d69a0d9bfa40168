/** All that finds the routes of frameworks whose contexts have to be linked to Node's requests. */
export { LINKED_SOURCES } from './linked-sources.ts'
export { watchLoadedSources } from './loaded-sources.ts'
