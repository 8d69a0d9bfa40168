import { index, prefix, route } from '@react-router/dev/routes'

export default [
  index('routes/home.jsx'),
  route('users/:id', 'routes/user.jsx', [route('posts/:post?', 'routes/post.jsx')]),
  ...prefix('api', [route('items/:item', 'routes/item.js')]),
  route('docs/*', 'routes/docs.jsx'),
  route('fail', 'routes/fail.jsx'),
  route('never/:id', 'routes/never.js'),
]
