import type { Server, Socket } from 'node:net'
import type { Exchange, ExchangeListener } from './exchange.ts'
import type { Pipe, PipeListener } from './pipe.ts'

export interface ConnectionListener {
  /** Exactly once, when the connection is gone. */
  end(): void
}

/**
 * Asked once, at the head of an exchange, when a connection is accepted, or when the first bytes have gone down a pipe.
 * Who answers nothing costs nothing more.
 */
export interface WireObserver {
  /** A request that this process serves (`http`, `https` and `http2` servers), upgrades and refused heads among them. */
  serverExchange?(exchange: Exchange): ExchangeListener | undefined
  /** A request that this process makes (`fetch`, undici, `http`, `https`, `http2`). */
  clientExchange?(exchange: Exchange): ExchangeListener | undefined
  /** A connection that this process accepted. */
  connection?(socket: Socket, server: Server): ConnectionListener | undefined
  /** The pipes of this process, or of a child that it started. */
  pipe?(pipe: Pipe): PipeListener | undefined
}
