import { createRouter } from '@tanstack/react-router'
import { routeTree } from './routeTree.gen'

// Pages in German are at the same routes.
const rewrite = {
  input({ url }) {
    if (url.pathname.startsWith('/de/')) url.pathname = url.pathname.slice('/de'.length)
    return url
  },
}

export const getRouter = () => createRouter({ routeTree, rewrite })
