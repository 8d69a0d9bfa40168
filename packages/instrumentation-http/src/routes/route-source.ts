/** Reads the routes of one framework. A request is Node's own, of `http` or `http2`. */
export interface RouteSource {
  /** Subscribes to the framework's own announcements, if it has any. Returns the function that unsubscribes. */
  watch?(): () => void
  /** Is called when the response's head is sent, in the app's own call, for routes that can be read only then. */
  onHead?(request: object): void
  /**
   * Returns the template of the route that served this request, as the app wrote it. It is called when the response has ended.
   * Undefined for a request of another framework, and if nothing matched.
   *
   * @param status the status of the head that was sent; 0 if none was
   */
  ofRequest?(request: object, status: number): string | undefined
  /** Returns the same from a context that the app passed to `setRoute`, which may be another framework's. */
  ofContext?(context: object, circumstances: Circumstances): string | undefined
  /**
   * Returns the template of the mount that this context is in when the app passes it to `setRoute`, since that may be gone later.
   *
   * @param previous the context that the app passed before for this request: that of an outer app, or the same one
   */
  mountOf?(context: object, previous: object | undefined): string | undefined
}

/** What is known about the request of a context. */
interface Circumstances {
  /** Node's own request. */
  readonly request: object
  /** The status of the head that was sent; 0 if none was. */
  readonly status: number
  /** The mounts that the contexts of this request were in when the app passed them to `setRoute`, the outermost first. */
  readonly above: readonly string[]
}
