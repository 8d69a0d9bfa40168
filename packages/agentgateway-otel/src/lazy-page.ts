import { PAGE_PATHS, type Page } from '@agentgateway-otel/exporter'
import { loadBundle, readFileNamed } from './lazy.ts'
import type { StatusSources } from './page-status.ts'

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
      readFile: (name) => readFileNamed(`page/${name}`),
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
