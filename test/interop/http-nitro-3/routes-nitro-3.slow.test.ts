import { checkNitro } from '../http-nitro/nitro-routes.ts'
import { buildServer } from './build.ts'

checkNitro('Nitro 3', buildServer, '/api/users/:id')
