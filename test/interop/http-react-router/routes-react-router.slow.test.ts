import { checkReactRouter } from './checks.ts'

checkReactRouter({
  name: 'React Router',
  folder: new URL('./', import.meta.url),
  rootData: '/_.data',
  underscore: '404 unknown',
  everyPath: '/{*splat}',
})
