// A Nest app, with a global prefix and versions in the path. ADAPTER is express or fastify.
import 'reflect-metadata'
import {
  All,
  Controller,
  Delete,
  Get,
  HttpCode,
  Module,
  Post,
  UseGuards,
  VERSION_NEUTRAL,
  Version,
  VersioningType,
} from '@nestjs/common'
import { NestFactory, RouterModule } from '@nestjs/core'

/** Applies decorators without their syntax, which Node.js does not have. */
function decorate(controller, decorators, methods) {
  for (const [name, ...ofMethod] of methods) {
    controller.prototype[name] = name.startsWith('fail')
      ? () => {
          throw new Error('thrown by a controller')
        }
      : () => 'ok'
    const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, name)
    for (const decorator of ofMethod) decorator(controller.prototype, name, descriptor)
  }
  for (const decorator of decorators) decorator(controller)
  return controller
}

class Refuse {
  canActivate = (context) => context.switchToHttp().getRequest().query.refused === undefined
}

const Users = decorate(
  class {},
  [UseGuards(Refuse), Controller({ path: 'users', version: '1' })],
  [
    ['list', Get()],
    ['create', Post(), HttpCode(200)],
    ['one', Get(':id')],
    ['remove', Delete(':id')],
    ['next', Get(':id'), Version('2')],
    ['post', Get(':id/posts/:post')],
    ['fail', Get(':id/fail')],
  ],
)
const Members = decorate(
  class {},
  [Controller({ path: 'teams/:team/members', version: VERSION_NEUTRAL })],
  [
    ['member', Get(':member')],
    ['any', All('any/:thing')],
  ],
)
const Wild = decorate(
  class {},
  [Controller({ path: 'wild', version: VERSION_NEUTRAL })],
  [['all', Get(process.env.ADAPTER === 'express' ? '*rest' : '*')]],
)
const Health = decorate(class {}, [Controller({ path: 'health', version: VERSION_NEUTRAL })], [['check', Get()]])
const Reports = decorate(class {}, [Controller({ path: 'reports', version: VERSION_NEUTRAL })], [['one', Get(':id')]])

class AdminModule {}
Module({ controllers: [Reports] })(AdminModule)
class AppModule {}
Module({
  imports: [AdminModule, RouterModule.register([{ path: 'admin/:area', module: AdminModule }])],
  controllers: [Users, Members, Wild, Health],
})(AppModule)

const { ExpressAdapter, FastifyAdapter } = await import(`@nestjs/platform-${process.env.ADAPTER}`)
const app = await NestFactory.create(AppModule, new (ExpressAdapter ?? FastifyAdapter)(), { logger: false })
app.setGlobalPrefix('api', { exclude: ['health'] })
app.enableVersioning({ type: VersioningType.URI })
await app.listen(0, '127.0.0.1')
console.log(`ready ${app.getHttpServer().address().port}`)
