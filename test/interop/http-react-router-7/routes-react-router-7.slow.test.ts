import { checkReactRouter } from '../http-react-router/checks.ts'

checkReactRouter({
  name: 'React Router 7',
  folder: new URL('./', import.meta.url),
  rootData: '/_root.data',
  underscore: '200 /users/:id',
  everyPath: '*',
})
