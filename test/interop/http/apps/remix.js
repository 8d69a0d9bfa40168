// What Remix's compiler makes of an app: the module that `remix-serve` serves. Its pages are plain text, and need no React.

const { BASE = '/', SINGLE_FETCH } = process.env

const ok = () => new Response('ok')
const fail = () => {
  throw new Response('failed', { status: 500 })
}
const never = () => {
  console.log('reached')
  return new Promise(() => {})
}
const Page = () => null
const ErrorBoundary = () => null

function route(id, path, loader, module = { default: Page }, parentId = 'root') {
  return { id, parentId, path, index: path === undefined, module: { loader, ...module } }
}

const list = [
  { id: 'root', path: '', module: { default: Page, ErrorBoundary } },
  route('routes/_index', undefined, () => null),
  route('routes/users.$id', 'users/:id', () => null),
  route('routes/users.$id.posts.($post)', 'posts/:post?', () => null, undefined, 'routes/users.$id'),
  // Without a page, the route is a resource.
  route('routes/api.items.$item', 'api/items/:item', ok, {}),
  route('routes/docs.$', 'docs/*', () => null),
  route('routes/fail', 'fail', fail),
  route('routes/never.$id', 'never/:id', never, {}),
]

export const routes = Object.fromEntries(list.map((one) => [one.id, one]))
export const entry = {
  module: {
    default: (_request, status) => new Response('page', { status }),
    handleError() {},
    // How long a response to a request for data may take, in milliseconds; its timer keeps the process alive.
    streamTimeout: 100,
  },
}
export const assets = { version: '1', url: '', entry: { module: '', imports: [] }, routes: {} }
export const publicPath = '/build/'
export const assetsBuildDirectory = 'build'
export const basename = BASE
export const mode = 'production'
export const isSpaMode = false
export const future = { v3_singleFetch: SINGLE_FETCH === '1' }
