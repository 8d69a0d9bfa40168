/**
 * The URL of the preload, for `--import` from any folder. This file is in `dist` like the preload, by itself as well as in
 * a bundle.
 */
export const REGISTER_URL: string = new URL('register.js', import.meta.url).href
