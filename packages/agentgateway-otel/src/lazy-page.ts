import { PAGE_PATHS, type Page } from '@agentgateway-otel/exporter'
import { unpatchedFs } from '@agentgateway-otel/processes'
import { loadBundle } from './lazy.ts'
import type { StatusSources } from './page-status.ts'

/** The folder of the page's files, which `bundle.ts` fills. */
const FILES = new URL('page/', import.meta.url)

/**
 * Creates the page for people, which is loaded when somebody opens it.
 *
 * @param sources is called then.
 */
export function createLazyPage(sources: () => StatusSources): Page {
  let page: Page | undefined
  const load = (): Page => {
    const { createPage, pageStatus } = loadBundle('page')
    return createPage({
      readFile: (name) => unpatchedFs.readFileSync(new URL(name, FILES)),
      status: pageStatus(sources()),
    })
  }
  return {
    respond(path, request, response) {
      if (!PAGE_PATHS.has(path)) return false
      page ??= load()
      return page.respond(path, request, response)
    },
  }
}
