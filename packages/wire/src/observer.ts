import type { Server, Socket } from 'node:net'
import type { Exchange, ExchangeListener } from './exchange.ts'
import type { Pipe, PipeListener } from './pipe.ts'
import type { OutputListener, StartedChild } from './started-child.ts'

/** What an observer wants of a connection. */
export interface ConnectionListener {
  /** Called exactly once, when the connection is gone. */
  end(): void
}

/**
 * Decides what is observed. Each method is called once: at the head of an exchange, when a connection is accepted, when the
 * first bytes have gone into a pipe, or when a child process is started. It returns a listener, or undefined, which costs
 * nothing more.
 */
export interface WireObserver {
  /**
   * A request that this process serves: at `http`, `https` and `http2` servers, including upgrades and requests whose heads
   * Node refuses.
   */
  serverExchange?(exchange: Exchange): ExchangeListener | undefined
  /** A request that this process makes with `fetch`, undici, `http`, `https` or `http2`. */
  clientExchange?(exchange: Exchange): ExchangeListener | undefined
  /** A connection that this process accepted. */
  connection?(socket: Socket, server: Server): ConnectionListener | undefined
  /** The pipes of this process, or of a child that it started. */
  pipe?(pipe: Pipe): PipeListener | undefined
  /** A child that this process has started, with a pipe as its stdout, before anything has come out of it. */
  child?(child: StartedChild): OutputListener | undefined
}
