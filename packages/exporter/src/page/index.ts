/**
 * The page for people at `/` of the scrape endpoint. It is apart from the package's main entry, so that a process loads
 * it only when somebody opens the page.
 *
 * @module
 */
export { createPage, type PageOptions } from './create-page.ts'
export type { OtlpStatus, ProcessStatus, Status } from './status.ts'
